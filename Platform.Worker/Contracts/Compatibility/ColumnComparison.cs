using System.Globalization;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Contracts.Compatibility;

/// <summary>The changes of one column between two versions of a contract.</summary>
internal static class ColumnComparison
{
    private const string Quarantined = "rows that kept the former version may go to quarantine";

    public static IEnumerable<ContractChange> Of(ContractColumn former, ContractColumn present)
    {
        ContractChange?[] changes =
        [
            ColumnRules.Type(former.SqlType, present, "the former"),
            ColumnRules.Required(former.Required, present),
            Header(former, present),
            Format(former, present),
            Unique(former, present),
            Lower("minLength", former, present, column => (column.MinLength, false)),
            Upper("maxLength", former, present, column => (column.MaxLength, false)),
            Lower("minimum", former, present, column => Value(column, column.Minimum)),
            Upper("maximum", former, present, column => Value(column, column.Maximum)),
            MultipleOf(former, present),
            Pattern(former, present),
            Enumeration(former, present),
            MissingValues(former, present),
            former.Description == present.Description
                ? null
                : new ContractChange(ChangeKind.Description, present.Name, $"the description of column '{present.Name}' changes", null),
        ];
        return changes.OfType<ContractChange>();
    }

    private static ContractChange? Header(ContractColumn former, ContractColumn present)
    {
        var (before, after) = (former.HeaderName ?? former.Name, present.HeaderName ?? present.Name);
        return before == after
            ? null
            : new ContractChange(
                ChangeKind.Form, present.Name, $"the header of column '{present.Name}' is '{after}', it was '{before}'", "files have the former header");
    }

    private static ContractChange? Format(ContractColumn former, ContractColumn present) =>
        (former.Format, former.TimeZone) == (present.Format, present.TimeZone) || former.Type != present.Type
            ? null
            : new ContractChange(
                ChangeKind.Form, present.Name, $"the form of column '{present.Name}' is {Shown(present)}, it was {Shown(former)}", "the same text means something else, or nothing");

    private static ContractChange? Unique(ContractColumn former, ContractColumn present) => former.Unique == present.Unique
        ? null
        : Rule(present, present.Unique ? "is unique now" : "need not be unique now", breaks: present.Unique);

    private static ContractChange? Lower(string what, ContractColumn former, ContractColumn present, Func<ContractColumn, (decimal?, bool)> limit) =>
        Limit(what, former, present, limit, (after, before) => after > before);

    private static ContractChange? Upper(string what, ContractColumn former, ContractColumn present, Func<ContractColumn, (decimal?, bool)> limit) =>
        Limit(what, former, present, limit, (after, before) => after < before);

    private static ContractChange? Limit(
        string what, ContractColumn former, ContractColumn present, Func<ContractColumn, (decimal? Value, bool Exclusive)> limit,
        Func<decimal, decimal, bool> isTighter)
    {
        var (before, after) = (limit(former), limit(present));
        if (before == after)
        {
            return null;
        }

        var breaks = after.Value is { } value
            && (before.Value is not { } old || isTighter(value, old) || (value == old && after.Exclusive && !before.Exclusive));
        return Rule(present, after.Value is null ? $"has no {what} now" : $"has another {what}", breaks);
    }

    /// <summary>The limit as a number that versions of the column with other decimals share.</summary>
    private static (decimal? Value, bool Exclusive) Value(ContractColumn column, Limit? limit) =>
        limit is not null && RangeLimits.TryValue(column, limit.Text, out var value)
            ? (column.Type == ColumnType.Numeric ? value / FieldText.PowerOfTen(column.Scale) : value, limit.Exclusive)
            : (null, false);

    private static ContractChange? MultipleOf(ContractColumn former, ContractColumn present)
    {
        if (former.MultipleOf == present.MultipleOf)
        {
            return null;
        }

        return present.MultipleOf is { } step
            ? Rule(present, $"is a multiple of {step.ToString(CultureInfo.InvariantCulture)} now", breaks: former.MultipleOf is not { } before || before % step != 0)
            : Rule(present, "need not be a multiple now", breaks: false);
    }

    private static ContractChange? Pattern(ContractColumn former, ContractColumn present) => former.Pattern == present.Pattern
        ? null
        : Rule(present, present.Pattern is { } pattern ? $"has the pattern {pattern} now" : "has no pattern now", breaks: present.Pattern is not null);

    private static ContractChange? Enumeration(ContractColumn former, ContractColumn present)
    {
        var removed = former.Enumeration.Except(present.Enumeration).ToList();
        var added = present.Enumeration.Except(former.Enumeration).ToList();
        if (removed.Count + added.Count == 0)
        {
            return null;
        }

        if (present.Enumeration.Count == 0)
        {
            return Rule(present, "permits any value now", breaks: false);
        }

        return former.Enumeration.Count == 0
            ? Rule(present, $"permits {Shown(present.Enumeration)} only now", breaks: true)
            : Rule(
                present,
                string.Join(" and ", new[] { added.Count > 0 ? $"permits {Shown(added)} now" : "", removed.Count > 0 ? $"no longer permits {Shown(removed)}" : "" }
                    .Where(text => text.Length > 0)),
                breaks: removed.Count > 0);
    }

    private static ContractChange? MissingValues(ContractColumn former, ContractColumn present)
    {
        var added = present.MissingValues.Except(former.MissingValues).ToList();
        var removed = former.MissingValues.Except(present.MissingValues).ToList();
        return added.Count + removed.Count == 0
            ? null
            : Rule(
                present,
                $"reads {(present.MissingValues.Count == 0 ? "no text" : Shown(present.MissingValues))} as no value now",
                breaks: (added.Count > 0 && present.Required) || (removed.Count > 0 && present.Type != ColumnType.Text));
    }

    private static string Shown(ContractColumn column) =>
        $"{column.Format ?? "ISO 8601"}{(column.TimeZone is { } zone ? $" in {zone}" : "")}";

    private static string Shown(IReadOnlyList<string> values) => string.Join(", ", values.Select(value => $"'{value}'"));

    private static ContractChange Rule(ContractColumn column, string what, bool breaks) =>
        new(ChangeKind.Rule, column.Name, $"column '{column.Name}' {what}", breaks ? Quarantined : null);
}
