using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Plan;

/// <summary>Looks up what a query names and decides how it is answered.</summary>
internal static class QueryPlanner
{
    private static readonly string[] OwnNames = [ScanBuilder.PeriodAlias, ScanBuilder.PeriodColumn, ScanBuilder.FactTimeColumn, "combined"];

    /// <param name="query">What is asked.</param>
    /// <param name="catalogue">What there is.</param>
    /// <param name="rowLimit">Rows to fetch at most.</param>
    /// <exception cref="QueryException">The query cannot be answered; every fault found is listed.</exception>
    /// <exception cref="NotAllowedException">The reader may not see what is asked.</exception>
    public static QueryPlan Plan(MetricQuery query, MetricCatalogue catalogue, int rowLimit)
    {
        ReaderRules.AllowMetrics(query, catalogue);
        return ReaderRules.AllowRows(query, allowed => PlanAllowed(allowed, catalogue, rowLimit));
    }

    private static QueryPlan PlanAllowed(MetricQuery query, MetricCatalogue catalogue, int rowLimit)
    {
        var faults = new List<QueryFault>();
        var metrics = Metrics(query, catalogue, faults);
        var names = new ColumnNames();
        foreach (var own in OwnNames)
        {
            _ = names.Take(own);
        }

        string[] columns = [.. query.GroupBy.Select(element => names.Take(element.Text))];
        var binder = new MetricBinder(catalogue, names);
        var terms = metrics.Select(metric => (Metric: metric, Term: binder.Bind(metric))).ToArray();

        var scanNames = new ColumnNames();
        foreach (var own in OwnNames)
        {
            _ = scanNames.Take(own);
        }

        var scans = binder.Scans
            .Select(scan => new ScanBuilder(catalogue, scan.Draft, scan.Content, query, faults).Build(scanNames.Take(scan.Draft.Model.Name), columns))
            .ToArray();
        if (faults.Count > 0)
        {
            throw new QueryException([.. faults.DistinctBy(fault => (fault.Parameter, fault.Position, fault.Message))]);
        }

        return new QueryPlan
        {
            Publication = catalogue.Publication,
            Keys = [.. query.GroupBy.Select((element, at) => new KeyColumn(element, columns[at], KeyType(scans, at)))],
            Scans = [.. scans.Select(scan => scan!)],
            Metrics = [.. terms.Select(term => new MetricColumn(term.Metric, MetricName(term, names), term.Term))],
            OrderBy = query.OrderBy,
            RowLimit = rowLimit,
            RowOffset = query.Offset,
        };
    }

    /// <summary>The metrics that there are; the others are faults.</summary>
    private static ImmutableArray<Metric> Metrics(MetricQuery query, MetricCatalogue catalogue, List<QueryFault> faults)
    {
        faults.AddRange(query.Metrics.Where(name => !catalogue.Metrics.ContainsKey(name)).Select(name => new QueryFault(
            "metrics", $"'{name}' is no metric; /api/v1/metrics lists them.", DidYouMean: NearMatches.Of(name, catalogue.Metrics.Keys))));
        return [.. query.Metrics.Where(catalogue.Metrics.ContainsKey).Select(name => catalogue.Metrics[name])];
    }

    /// <summary>A simple metric is its measure's column under its own name.</summary>
    private static string MetricName((Metric Metric, MetricTerm Term) metric, ColumnNames names) =>
        metric.Term is ValueTerm value && value.Column == metric.Metric.Name ? value.Column : names.Take(metric.Metric.Name);

    /// <summary>Facts may have a dimension in different types; then its texts are compared.</summary>
    private static DataType KeyType(FactScan?[] scans, int at)
    {
        var types = scans.Select(scan => scan!.Keys[at].Element.Type).Distinct().ToArray();
        return types switch
        {
            [var only] => only,
            _ when types.All(type => type.IsNumber()) => DataType.Decimal,
            _ when types.All(type => type is DataType.Timestamp or DataType.TimestampTz) => DataType.Timestamp,
            _ => DataType.Text,
        };
    }
}
