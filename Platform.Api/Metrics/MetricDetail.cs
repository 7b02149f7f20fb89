using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;
using Platform.Api.Metrics.Plan;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary>A metric and how it can be asked.</summary>
internal sealed record MetricDetail(
    MetricSummary Metric,
    ImmutableArray<string> Grains,
    ImmutableArray<DimensionDetail> Dimensions,
    ImmutableArray<string> Entities,
    ImmutableArray<MetricFact> Facts,
    string Example)
{
    public static MetricDetail Of(Metric metric, MetricCatalogue catalogue)
    {
        var binder = new MetricBinder(catalogue, new ColumnNames());
        var fault = "";
        try
        {
            _ = binder.Bind(metric);
        }
        catch (QueryException exception)
        {
            fault = exception.Message;
        }

        var facts = binder.Scans.DistinctBy(scan => (scan.Draft.Model.Name, scan.Draft.Time)).ToArray();
        var usable = facts
            .Select(fact => new ElementLookup(catalogue, fact.Draft.Model, fact.Draft.Model.FindDimension(fact.Draft.Time)!).Usable()
                .DistinctBy(element => element.Name)
                .ToDictionary(element => element.Name, element => element.Element))
            .ToArray();
        var shared = usable.Length == 0 ? [] : usable[0].Where(element => usable.All(other => other.ContainsKey(element.Key))).ToArray();
        var finest = facts.Length == 0
            ? (TimeGrain?)null
            : facts.Max(fact => fact.Draft.Cumulative is null
                ? fact.Draft.Model.FindDimension(fact.Draft.Time)!.Grain
                : TimeGrain.Day);
        return new MetricDetail(
            MetricSummary.Of(metric),
            [.. Enum.GetValues<TimeGrain>().Where(grain => grain >= finest).Select(grain => grain.Name())],
            [
                .. shared.Where(element => element.Value.Dimension is not null)
                    .OrderBy(element => element.Key, StringComparer.Ordinal)
                    .Select(element => DimensionDetail.Of(element.Key, element.Value, catalogue.Marts)),
            ],
            [.. shared.Where(element => element.Value.Entity is not null).Select(element => element.Key).Order(StringComparer.Ordinal)],
            [
                .. facts.Select(fact => new MetricFact(
                    fact.Draft.Model.Name,
                    $"{fact.Draft.Model.Relation.Schema}.{fact.Draft.Model.Relation.Name}",
                    fact.Draft.Time,
                    catalogue.Marts.Find(fact.Draft.Model.Relation)?.Tests ?? [])),
            ],
            fault.Length > 0 ? fault : $"/api/v1/query?metrics={metric.Name}&group_by={ElementName.MetricTime}__month");
    }
}

/// <summary>A dimension that a metric can be grouped and filtered by.</summary>
/// <param name="Name">The name to ask by.</param>
/// <param name="Type">string, integer, decimal, boolean, date or timestamp.</param>
/// <param name="Grains">Of a time dimension.</param>
/// <param name="Description">The definition's own, or the column's.</param>
internal sealed record DimensionDetail(string Name, string Type, ImmutableArray<string> Grains, string? Description)
{
    public static DimensionDetail Of(string name, ReachableElement element, MartDescriptions marts)
    {
        var dimension = element.Dimension!;
        return new DimensionDetail(
            name,
            dimension.DataType.Name(),
            dimension.Grain is null ? [] : [.. Enum.GetValues<TimeGrain>().Where(grain => grain >= dimension.Grain).Select(grain => grain.Name())],
            dimension.Description ?? marts.Find(element.Model.Relation)?.Columns.GetValueOrDefault(dimension.Expr));
    }
}

/// <summary>A fact that a metric is computed from.</summary>
/// <param name="SemanticModel">Its semantic model.</param>
/// <param name="Relation">Its table or view.</param>
/// <param name="MetricTime">The dimension that is its metric time.</param>
/// <param name="Tests">Tests that it passed before it was published.</param>
internal sealed record MetricFact(string SemanticModel, string Relation, string MetricTime, IReadOnlyList<string> Tests);
