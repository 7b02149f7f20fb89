using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Plan;

/// <summary>Puts the reader's policy into a query before it is planned, so that no way of asking gets around it.</summary>
internal static class ReaderRules
{
    /// <exception cref="NotAllowedException">A metric of the query is not the reader's to see.</exception>
    public static void AllowMetrics(MetricQuery query, MetricCatalogue catalogue)
    {
        var refused = query.Metrics
            .Where(name => catalogue.Metrics.TryGetValue(name, out var metric) && !query.Reader.MayRead(name, metric.Meta.Domain)).ToArray();
        if (refused.Length > 0)
        {
            throw new NotAllowedException(
                $"This key may not read {string.Join(", ", refused)}; /api/v1/metrics lists what it may read.");
        }
    }

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
            return plan(query with { Where = [.. query.Where, .. query.Reader.Rows.Select(Condition)] });
        }
        catch (QueryException)
        {
            throw new NotAllowedException(
                $"This key may read rows by {string.Join(" and ", query.Reader.Rows.Select(rule => rule.Dimension))} only, by which " +
                $"{string.Join(", ", query.Metrics)} cannot be told apart.");
        }
    }

    private static Expression Condition(Access.RowRule rule)
    {
        var dimension = new Reference(ElementName.Parse(rule.Dimension), 0);
        return rule.Values.IsEmpty
            ? new Logical(IsAnd: true, [new NullTest(dimension, Negated: false, 0), new NullTest(dimension, Negated: true, 0)], 0)
            : new Membership(dimension, [.. rule.Values.Select(value => new Literal(LiteralKind.Text, value, 0))], Negated: false, 0);
    }
}
