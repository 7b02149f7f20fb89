using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;

namespace Platform.Metrics.Query;

/// <summary>Reads parameters into a <see cref="MetricQuery"/>; what needs no catalogue is checked here, all faults together.</summary>
internal static partial class QueryReader
{
    /// <exception cref="QueryException">A parameter cannot be read.</exception>
    public static MetricQuery Read(QueryParameters parameters, ReaderPolicy reader, QueryOptions options) => Read(parameters, reader, [], options);

    /// <param name="parameters">The request's.</param>
    /// <param name="reader">What the reader may see.</param>
    /// <param name="templates">Filters that are the project's own SQL.</param>
    /// <param name="options">Bounds.</param>
    /// <exception cref="QueryException">A parameter cannot be read.</exception>
    public static MetricQuery Read(QueryParameters parameters, ReaderPolicy reader, ImmutableArray<FilterTemplate> templates, QueryOptions options)
    {
        var faults = new List<QueryFault>();
        var metrics = Names(parameters.Metrics);
        if (metrics.IsEmpty && Names(parameters.GroupBy).IsEmpty && string.IsNullOrWhiteSpace(parameters.Grain))
        {
            faults.Add(new QueryFault(
                "metrics",
                "No metric is asked for; name at least one, as in metrics=revenue, or a dimension in group_by for its values. /api/v1/metrics lists them."));
        }

        AtMost("metrics", metrics.Length, options.MaxMetrics, faults);
        NoDoubles("metrics", metrics, faults);

        var groupBy = GroupBy(parameters, faults);
        AtMost("group_by", groupBy.Length, options.MaxGroupBy, faults);
        NoDoubles("group_by", groupBy.Select(element => element.Text), faults);

        var query = new MetricQuery
        {
            Reader = reader,
            Metrics = metrics,
            GroupBy = groupBy,
            Where = Where(parameters.Where, faults),
            Grain = string.IsNullOrWhiteSpace(parameters.Grain) ? null : Lower(parameters.Grain.Trim()),
            Start = Date("start", parameters.Start, last: false, faults),
            End = Date("end", parameters.End, last: true, faults),
            OrderBy = OrderBy(parameters.OrderBy, metrics, groupBy, faults),
            Limit = Limit(parameters.Limit, options, faults),
            Templates = templates,
            ValuesOnly = parameters.ValuesOnly is true,
        };
        if (parameters.ValuesOnly is true && groupBy.IsEmpty)
        {
            faults.Add(new QueryFault("group_by", "Values of what? Name a dimension or entity, as in group_by=customer__region."));
        }

        if (!string.IsNullOrEmpty(parameters.Search))
        {
            query = query with { Where = [.. query.Where, .. groupBy.Take(1).Select(element => Holding(element, parameters.Search))] };
        }

        if (query is { Start: { } start, End: { } end } && start > end)
        {
            faults.Add(new QueryFault("start", $"start {start:O} is after end {end:O}; both days are included."));
        }

        return faults.Count == 0 ? query : throw new QueryException(faults);
    }

    /// <summary>A repeated parameter and a comma-separated one mean the same; commas in parentheses, brackets or quotes do not separate.</summary>
    internal static ImmutableArray<string> Names(ImmutableArray<string> values)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var value in values)
        {
            var (start, depth, quote) = (0, 0, '\0');
            for (var at = 0; at <= value.Length; at++)
            {
                var character = at < value.Length ? value[at] : ',';
                if (at == value.Length || (character == ',' && depth <= 0 && quote == '\0'))
                {
                    if (value[start..at].Trim() is { Length: > 0 } name)
                    {
                        names.Add(name);
                    }

                    start = at + 1;
                }
                else if (quote != '\0')
                {
                    quote = character == quote ? '\0' : quote;
                }
                else if (character is '\'' or '"')
                {
                    quote = character;
                }
                else
                {
                    depth += character is '(' or '[' ? 1 : character is ')' or ']' ? -1 : 0;
                }
            }
        }

        return names.ToImmutable();
    }

    private static ImmutableArray<ElementName> GroupBy(QueryParameters parameters, List<QueryFault> faults)
    {
        var elements = new List<ElementName>();
        foreach (var name in Names(parameters.GroupBy))
        {
            try
            {
                elements.Add(FilterParser.ParseElement(name));
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault("group_by", $"'{name}': {exception.Message}", exception.Position + 1));
            }
        }

        if (string.IsNullOrWhiteSpace(parameters.Grain))
        {
            return [.. elements];
        }

        // grain is short for metric_time at that grain: in its place when it is listed, else as the first column.
        var time = ElementName.AtGrain([ElementName.MetricTime], Lower(parameters.Grain.Trim()));
        var at = elements.FindIndex(element => element is { IsMetricTime: true, HasGrain: false });
        if (at >= 0)
        {
            elements[at] = time;
        }
        else if (!elements.Contains(time))
        {
            elements.Insert(0, time);
        }

        return [.. elements];
    }

#pragma warning disable CA1308 // Names of grains are lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308

    private static ImmutableArray<Expression> Where(ImmutableArray<string> filters, List<QueryFault> faults)
    {
        var expressions = ImmutableArray.CreateBuilder<Expression>();
        foreach (var filter in filters.Where(filter => !string.IsNullOrWhiteSpace(filter)))
        {
            try
            {
                expressions.Add(FilterParser.Parse(filter));
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault("where", exception.Message, exception.Position + 1));
            }
        }

        return expressions.ToImmutable();
    }

    /// <summary>The condition that a value, as a text, holds the text somewhere, in capitals or not.</summary>
    private static Like Holding(ElementName element, string text)
    {
        var pattern = text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
        return new Like(new Cast(new Reference(element, 0), DataType.Text, 0), new Literal(LiteralKind.Text, $"%{pattern}%", 0), true, false, 0);
    }

    /// <summary>A day, or a month or year that stands for its first or last day.</summary>
    private static DateOnly? Date(string parameter, string? text, bool last, List<QueryFault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var trimmed = text.Trim();
        if (DateOnly.TryParseExact(trimmed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        if (DateOnly.TryParseExact(trimmed, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
        {
            return last ? new DateOnly(month.Year, month.Month, DateTime.DaysInMonth(month.Year, month.Month)) : month;
        }

        if (DateOnly.TryParseExact(trimmed, "yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var year))
        {
            return last ? new DateOnly(year.Year, 12, 31) : year;
        }

        faults.Add(new QueryFault(parameter, $"'{trimmed}' is no date; expected 2026-01-31, 2026-01 or 2026."));
        return null;
    }

    private static ImmutableArray<Ordering> OrderBy(
        ImmutableArray<string> values, ImmutableArray<string> metrics, ImmutableArray<ElementName> groupBy, List<QueryFault> faults)
    {
        string[] columns = [.. groupBy.Select(element => element.Text), .. metrics];
        var orderings = ImmutableArray.CreateBuilder<Ordering>();
        foreach (var value in Names(values))
        {
            var (name, descending) = Direction(value);
            var column = columns.Contains(name) ? name : Column(name, columns);
            if (column is null)
            {
                faults.Add(new QueryFault(
                    "order_by",
                    $"'{name}' is no column of this query; its columns are {string.Join(", ", columns)}.",
                    DidYouMean: NearMatches.Of(name, columns)));
            }
            else
            {
                orderings.Add(new Ordering(column, descending));
            }
        }

        return orderings.ToImmutable();
    }

    /// <summary><c>-revenue</c>, <c>revenue desc</c>, or as MetricFlow writes it: <c>Metric('revenue').descending(True)</c>.</summary>
    private static (string Name, bool Descending) Direction(string value)
    {
        if (value.StartsWith('-'))
        {
            return (Plain(value[1..].Trim()), true);
        }

        if (Descending().Match(value) is { Success: true } match)
        {
            return (Plain(value[..match.Index]), match.Groups["by"].Value is "True" or "true" or "");
        }

        var words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var name, var direction] && direction.ToUpperInvariant() is "ASC" or "DESC"
            ? (Plain(words[0]), words[1].Equals("desc", StringComparison.OrdinalIgnoreCase))
            : (Plain(value), false);
    }

    /// <summary>The column that <c>Metric('revenue')</c> or <c>Dimension('customer__region')</c> names.</summary>
    private static string Plain(string name)
    {
        try
        {
            return name.StartsWith("Metric(", StringComparison.Ordinal) && name.EndsWith(')') ? name[7..^1].Trim().Trim('\'', '"')
                : name.Contains('(', StringComparison.Ordinal) ? FilterParser.ParseElement(name).Text
                : name;
        }
        catch (FilterException)
        {
            // It is no column then, and said to be none.
            return name;
        }
    }

    [GeneratedRegex(@"\.descending\(\s*(?<by>\w*)\s*\)\s*$")]
    private static partial Regex Descending();

    /// <summary>The column by its name in another form, as <c>metric_time</c> for the only <c>metric_time__month</c>.</summary>
    private static string? Column(string name, string[] columns)
    {
        var element = ElementName.Parse(name);
        var matches = columns.Where(column => column == element.Text || ElementName.Parse(column).Path == element.Text).ToArray();
        return matches is [var only] ? only : null;
    }

    private static int? Limit(string? text, QueryOptions options, List<QueryFault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= options.MaxRows)
        {
            return limit;
        }

        faults.Add(new QueryFault("limit", $"'{text}' is no limit; expected a whole number from 1 to {options.MaxRows}."));
        return null;
    }

    private static void AtMost(string parameter, int count, int most, List<QueryFault> faults)
    {
        if (count > most)
        {
            faults.Add(new QueryFault(parameter, $"{count} names are given; at most {most} are answered at once."));
        }
    }

    private static void NoDoubles(string parameter, IEnumerable<string> names, List<QueryFault> faults) =>
        faults.AddRange(names.GroupBy(name => name).Where(group => group.Count() > 1)
            .Select(group => new QueryFault(parameter, $"'{group.Key}' is given {group.Count()} times.")));
}
