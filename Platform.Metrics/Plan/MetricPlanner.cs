using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Plans metrics: one scan for each fact, side by side, and the metrics computed from them.</summary>
internal sealed class MetricPlanner(MetricQuery query, PlanContext context, List<QueryFault> faults)
{
    private readonly ColumnNames names = PlanContext.NewNames();

    /// <summary>The node of the metrics, by the query's columns and then metrics; null when faults were found.</summary>
    /// <exception cref="QueryException">A metric cannot be computed.</exception>
    public ComputedMetrics? Compute(string name)
    {
        var metrics = Metrics();
        string[] columns = [.. query.GroupBy.Select(element => names.Take(element.Text))];
        var binder = new MetricBinder(context.Catalogue, names);
        var terms = metrics.Select(metric => (Metric: metric, Term: binder.Bind(metric))).ToArray();
        var asked = query with { GroupBy = AtDefaultGrain(metrics, binder.Scans.Select(scan => scan.Draft)) };
        var facts = binder.Scans.Select(scan => new ScanBuilder(context, scan.Draft, scan.Content, asked, columns, faults).Build()).ToArray();
        if (faults.Count > 0 || facts.Length == 0)
        {
            return null;
        }

        ImmutableArray<PlanNode> nodes = [.. facts.Select(fact => fact!)];
        var types = columns.Select(column => KeyType(nodes, column)).ToArray();
        var combined = nodes is [var only] ? only : new SideBySide(context.Names.Take(PlanContext.Combined), nodes, [.. columns.Zip(types)]);
        var from = combined.Names.Single();
        var node = new Project(
            name,
            combined,
            [
                .. columns.Zip(types, (column, type) => new Column(column, new OutputColumn(from, column, type))),
                .. terms.Select(term => new Column(MetricName(term), MetricTerms.Over(term.Term, from))),
            ]);
        return new ComputedMetrics(
            node,
            [.. query.GroupBy.Select((element, at) => new KeyColumn(element, columns[at], types[at]))],
            [.. terms.Select((term, at) => new MetricColumn(term.Metric, node.Columns[columns.Length + at].Name, term.Term))]);
    }

    /// <summary>The metrics that there are; the others are faults.</summary>
    private ImmutableArray<Metric> Metrics()
    {
        var all = context.Catalogue.Metrics;
        faults.AddRange(query.Metrics.Where(name => !all.ContainsKey(name)).Select(name => new QueryFault(
            "metrics", $"'{name}' is no metric; /api/v1/metrics lists them.", DidYouMean: NearMatches.Of(name, all.Keys))));
        return [.. query.Metrics.Where(all.ContainsKey).Select(name => all[name])];
    }

    /// <summary>metric_time without a grain is at one that all metrics have: their default, or a day, or the finest if that is coarser.</summary>
    private ImmutableArray<Filters.ElementName> AtDefaultGrain(ImmutableArray<Metric> metrics, IEnumerable<ScanDraft> drafts)
    {
        var grain = metrics.Select(metric => metric.DefaultGrain ?? TimeGrain.Day)
            .Concat(drafts.Select(draft => draft.Model.FindDimension(draft.Time)!.Grain!.Value))
            .Append(TimeGrain.Second).Max();
        return [.. query.GroupBy.Select(element => element is { IsMetricTime: true, HasGrain: false } ? Filters.ElementName.Of(element.Parts, grain, null) : element)];
    }

    /// <summary>A simple metric is its measure's column under its own name.</summary>
    private string MetricName((Metric Metric, MetricTerm Term) metric) =>
        metric.Term is ValueTerm value && value.Column == metric.Metric.Name ? value.Column : names.Take(metric.Metric.Name);

    /// <summary>Facts may have a dimension in different types; then its texts are compared.</summary>
    private static DataType KeyType(ImmutableArray<PlanNode> facts, string column)
    {
        var types = facts.Select(fact => Outputs.Of(fact).First(own => own.Name == column).Value.Type).Distinct().ToArray();
        return types switch
        {
            [var only] => only,
            _ when types.All(DataTypes.IsNumber) => DataType.Decimal,
            _ when types.All(type => type is DataType.Timestamp or DataType.TimestampTz) => DataType.Timestamp,
            _ => DataType.Text,
        };
    }
}

/// <summary>Metrics, their node and its columns.</summary>
internal sealed record ComputedMetrics(Project Node, ImmutableArray<KeyColumn> Keys, ImmutableArray<MetricColumn> Metrics);
