using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Puts the reader's policy into a query before it is planned, so that no way of asking gets around it.</summary>
internal static class ReaderRules
{
    /// <exception cref="NotAllowedException">A metric of the query, or a dimension of none of the reader's metrics, is not the reader's to see.</exception>
    public static void AllowNames(MetricQuery query, MetricCatalogue catalogue)
    {
        if (!query.Reader.IsRestricted)
        {
            return;
        }

        var asked = query.Where.SelectMany(condition => condition.All).OfType<MetricReference>().Select(reference => reference.Metric);
        Refuse(query.Metrics.Concat(asked).Where(name => catalogue.Metrics.TryGetValue(name, out var metric) && !query.Reader.MayRead(name, metric.Meta.Domain)));
        if (query.Metrics.IsEmpty)
        {
            var elements = query.GroupBy.Concat(query.Where.SelectMany(condition => condition.All).OfType<Reference>().Select(reference => reference.Element));
            var own = Elements(query.Reader, catalogue);
            Refuse(elements.Where(element => element.Parts[0] != ElementName.MetricTime && !own.Contains(element.Path)).Select(element => element.Path));
        }
    }

    /// <summary>Names of dimensions and entities that some metric of the reader's can be grouped by.</summary>
    public static IReadOnlySet<string> Elements(ReaderPolicy reader, MetricCatalogue catalogue) => catalogue.Metrics.Values
        .Where(metric => metric.Definition is not UnsupportedMetric && reader.MayRead(metric.Name, metric.Meta.Domain))
        .SelectMany(metric => Plan.Elements.SharedBy([metric], catalogue).Shared.Select(element => element.Key))
        .ToHashSet();

    /// <summary>Plans the query for the reader's rows only.</summary>
    /// <exception cref="NotAllowedException">The rows of what is asked cannot be told apart by the dimensions of the reader's rules.</exception>
    public static QueryPlan AllowRows(MetricQuery query, Func<MetricQuery, QueryPlan> plan)
    {
        if (query.Reader.Rows.IsEmpty)
        {
            return plan(query);
        }

        // What is wrong with the query itself is told as to everyone.
        _ = plan(query);
        try
        {
            return plan(query with { Where = [.. query.Where, .. Conditions(query.Reader)] });
        }
        catch (QueryException)
        {
            throw new NotAllowedException(
                $"This key may read rows by {string.Join(" and ", query.Reader.Rows.Select(rule => rule.Dimension))} only, by which the rows of " +
                $"{string.Join(", ", query.Metrics.IsEmpty ? query.GroupBy.Select(element => element.Path) : query.Metrics)} cannot be told apart.");
        }
    }

    /// <summary>Conditions that every row fits that the reader may see.</summary>
    public static ImmutableArray<Expression> Conditions(ReaderPolicy reader) => [.. reader.Rows.Select(Condition)];

    private static Expression Condition(RowRule rule)
    {
        var dimension = new Reference(ElementName.Parse(rule.Dimension), 0);
        return rule.Values.IsEmpty
            ? new Logical(IsAnd: true, [new NullTest(dimension, Negated: false, 0), new NullTest(dimension, Negated: true, 0)], 0)
            : new Membership(dimension, [.. rule.Values.Select(value => new Literal(LiteralKind.Text, value, 0))], Negated: false, 0);
    }

    private static void Refuse(IEnumerable<string> names)
    {
        if (names.Distinct().ToArray() is { Length: > 0 } refused)
        {
            throw new NotAllowedException($"This key may not read {string.Join(", ", refused)}; /api/v1/metrics lists what it may read.");
        }
    }
}
