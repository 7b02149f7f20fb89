using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Rewrites;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Looks up what a query names and decides how it is answered.</summary>
internal static class QueryPlanner
{
    /// <param name="query">What is asked.</param>
    /// <param name="catalogue">What there is.</param>
    /// <param name="rowLimit">Rows to fetch at most.</param>
    /// <exception cref="QueryException">The query cannot be answered; every fault found is listed.</exception>
    /// <exception cref="NotAllowedException">The reader may not see what is asked.</exception>
    public static QueryPlan Plan(MetricQuery query, MetricCatalogue catalogue, int rowLimit)
    {
        ReaderRules.AllowNames(query, catalogue);
        return ReaderRules.AllowRows(query, allowed => PlanAllowed(allowed, catalogue, rowLimit));
    }

    private static QueryPlan PlanAllowed(MetricQuery query, MetricCatalogue catalogue, int rowLimit)
    {
        var faults = new List<QueryFault>();
        CheckGrain(query, catalogue, faults);
        var context = new PlanContext(catalogue, query.Reader);
        PlanNode? node;
        ImmutableArray<KeyColumn> keys;
        ImmutableArray<MetricColumn> metrics = [];
        if (query.Metrics.IsEmpty)
        {
            var dimensions = new DimensionPlanner(query, context, faults).Compute(PlanContext.Answer);
            (node, keys) = (dimensions?.Node, dimensions?.Keys ?? []);
        }
        else
        {
            var computed = new MetricPlanner(query, context, faults).Compute(PlanContext.Answer);
            (node, keys, metrics) = (computed?.Node, computed?.Keys ?? [], computed?.Metrics ?? []);
        }

        if (node is null || faults.Count > 0)
        {
            throw new QueryException([.. faults.DistinctBy(fault => (fault.Parameter, fault.Position, fault.Message))]);
        }

        if (query.ValuesOnly && node is Project project)
        {
            node = new Aggregate("values", project, [.. keys.Select(key => new Column(key.Column, project.Output(key.Column)))], []);
            metrics = [];
        }

        return new QueryPlan
        {
            Publication = catalogue.Publication,
            Keys = keys,
            Metrics = metrics,
            Facts = [.. context.Facts],
            Root = PlanRewrites.Apply(new Top(node, Order(query, keys, metrics), rowLimit) { Offset = query.Offset }, catalogue.Rollups),
        };
    }

    private static void CheckGrain(MetricQuery query, MetricCatalogue catalogue, List<QueryFault> faults)
    {
        if (query.Grain is { } grain && TimeGrainNames.Find(grain) is null && catalogue.FindCustomGrain(grain) is null)
        {
            var known = TimeGrainNames.All.Concat(catalogue.CustomGrains.Select(custom => custom.Name)).ToArray();
            faults.Add(new QueryFault(
                "grain", $"'{grain}' is no grain; known are {string.Join(", ", known)}.", DidYouMean: NearMatches.Of(grain, known)));
        }
    }

    /// <summary>As asked, then by the other group-by columns, so that the same query always has the same order.</summary>
    private static ImmutableArray<(string Column, bool Descending)> Order(
        MetricQuery query, ImmutableArray<KeyColumn> keys, ImmutableArray<MetricColumn> metrics)
    {
        var columns = keys.Select(key => (Asked: key.Element.Text, key.Column))
            .Concat(metrics.Select(metric => (Asked: metric.Metric.Name, metric.Column)))
            .DistinctBy(pair => pair.Asked)
            .ToDictionary(pair => pair.Asked, pair => pair.Column);
        var ordered = query.OrderBy.Select(ordering => ordering.Column).ToHashSet();
        return
        [
            .. query.OrderBy.Where(ordering => columns.ContainsKey(ordering.Column)).Select(ordering => (columns[ordering.Column], ordering.Descending)),
            .. keys.Where(key => !ordered.Contains(key.Element.Text)).Select(key => (key.Column, false)),
        ];
    }
}
