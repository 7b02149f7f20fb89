using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>A column's <c>logicalTypeOptions</c>.</summary>
internal static class ColumnOptions
{
    private static readonly string[] Range = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

    public static ContractColumn Read(ContractNode property, ContractColumn column)
    {
        if (property.Child("logicalTypeOptions") is not { } options)
        {
            return column;
        }

        switch (column.Type)
        {
            case ColumnType.Text:
                options.Allow(["minLength", "maxLength", "pattern", "format"], []);
                return Text(options, column);
            case ColumnType.Boolean:
                options.Allow([], []);
                return column;
            case ColumnType.Date:
                options.Allow([.. Range, "format"], []);
                return Limits(options, column) with { Format = Format(options, column) };
            case ColumnType.Timestamp:
                options.Allow([.. Range, "format", "timezone", "defaultTimezone"], []);
                return TimeZone(options, Limits(options, column) with { Format = Format(options, column) });
            default:
                options.Allow([.. Range, "multipleOf", "format"], []);
                return NumberFormats.Read(options, Limits(options, column) with { MultipleOf = MultipleOf(options, column) });
        }
    }

    /// <summary>The regular expression under a key; null, and a report, when it is none.</summary>
    public static string? Pattern(ContractNode options, string key)
    {
        var pattern = options.Text(key);
        if (pattern is null)
        {
            return null;
        }

        try
        {
            _ = TextPattern.Compile(pattern);
            return pattern;
        }
        catch (ArgumentException error)
        {
            options.Report(key, $"pattern '{pattern}' is no ECMA-262 regular expression: {error.Message}");
            return null;
        }
    }

    private static ContractColumn Text(ContractNode options, ContractColumn column)
    {
        column = column with
        {
            MinLength = options.WholeNumber("minLength", 0),
            MaxLength = options.WholeNumber("maxLength", 0),
            Pattern = Pattern(options, "pattern"),
        };
        if (column.MinLength > column.MaxLength)
        {
            options.Report("maxLength", $"column '{column.Name}': maxLength {column.MaxLength} is below minLength {column.MinLength}.");
        }

        if (TextFormats.Pattern(options, column.Name) is not { } pattern)
        {
            return column;
        }

        if (column.Pattern is not null)
        {
            options.Report("format", $"column '{column.Name}' has both a pattern and a format; keep one.");
        }

        return column with { Pattern = pattern };
    }

    private static ContractColumn Limits(ContractNode options, ContractColumn column) => column with
    {
        Minimum = Limit(options, "minimum", "exclusiveMinimum", column),
        Maximum = Limit(options, "maximum", "exclusiveMaximum", column),
    };

    private static Limit? Limit(ContractNode options, string inclusive, string exclusive, ContractColumn column)
    {
        if (options.Has(inclusive) && options.Has(exclusive))
        {
            options.Report(exclusive, $"column '{column.Name}' has both {inclusive} and {exclusive}; keep one.");
        }

        var key = options.Has(exclusive) ? exclusive : inclusive;
        if (options.Text(key) is not { } text)
        {
            return null;
        }

        var limit = new Limit(text, key == exclusive);
        if (RangeLimits.TryValue(column, limit.Text, out _))
        {
            return limit;
        }

        options.Report(key, $"column '{column.Name}': {key} '{text}' is no {column.SqlType}.");
        return null;
    }

    private static decimal? MultipleOf(ContractNode options, ContractColumn column)
    {
        if (options.Number("multipleOf") is not { } step)
        {
            return null;
        }

        if (step > 0 && decimal.IsInteger(step * FieldText.PowerOfTen(column.Scale)))
        {
            return step;
        }

        options.Report("multipleOf", $"column '{column.Name}': multipleOf {step} must be above 0 with no more decimals than {column.SqlType}.");
        return null;
    }

    private static string? Format(ContractNode options, ContractColumn column)
    {
        if (options.Text("format") is not { } format)
        {
            return null;
        }

        if (DateFormat.Fault(format, column.Type) is not { } fault)
        {
            return format;
        }

        options.Report("format", $"column '{column.Name}': format '{format}' {fault}.");
        return null;
    }

    private static ContractColumn TimeZone(ContractNode options, ContractColumn column)
    {
        var carriesOffset = column.Format is null || DateFormat.HasOffset(column.Format);
        if (options.Has("timezone") && options.Flag("timezone") != carriesOffset)
        {
            options.Report("timezone", carriesOffset
                ? $"column '{column.Name}': timezone: false needs a format without offset, for example \"yyyy-MM-dd'T'HH:mm:ss\"."
                : $"column '{column.Name}': timezone: true needs a format with an offset (XXX).");
        }

        if (options.Text("defaultTimezone") is not { } name)
        {
            return column;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) || !zone.HasIanaId)
        {
            options.Report("defaultTimezone", $"column '{column.Name}': '{name}' is no time zone of the IANA database, for example Europe/Berlin.");
            return column;
        }

        var isUtc = name is "UTC" or "Etc/UTC";
        if (carriesOffset && !isUtc)
        {
            options.Report(
                "defaultTimezone",
                $"column '{column.Name}': its timestamps carry their offset, so that a default is never used; remove it or give a format without offset.");
        }

        return column with { TimeZone = isUtc ? null : name };
    }
}
