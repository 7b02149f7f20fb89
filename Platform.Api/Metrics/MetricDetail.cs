using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan;

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
        var elements = Elements.SharedBy([metric], catalogue);
        return new MetricDetail(
            MetricSummary.Of(metric, catalogue),
            [.. GrainsFrom(Elements.Finest(elements.Facts), catalogue)],
            [
                .. elements.Shared.Where(element => element.Value.Dimension is not null)
                    .Select(element => DimensionDetail.Of(element.Key, element.Value, catalogue)),
            ],
            [.. elements.Shared.Where(element => element.Value.Entity is not null).Select(element => element.Key)],
            [
                .. elements.Facts.Select(fact => new MetricFact(
                    fact.Model.Name,
                    $"{fact.Model.Relation.Schema}.{fact.Model.Relation.Name}",
                    fact.Time,
                    catalogue.Marts.Find(fact.Model.Relation)?.Tests ?? [])),
            ],
            elements.Fault.Length > 0 ? elements.Fault : $"/api/v1/query?metrics={metric.Name}&group_by={ElementName.MetricTime}__month");
    }

    /// <summary>The grains that a time of a finest grain has, the project's own included.</summary>
    public static IEnumerable<string> GrainsFrom(TimeGrain? finest, MetricCatalogue catalogue) => finest is null
        ? []
        : Enum.GetValues<TimeGrain>().Where(grain => grain >= finest).Select(grain => grain.Name())
            .Concat(catalogue.TimeSpines.Where(spine => spine.Grain >= finest).SelectMany(spine => spine.CustomGrains).Select(grain => grain.Name));
}

/// <summary>A dimension that a metric can be grouped and filtered by.</summary>
/// <param name="Name">The name to ask by.</param>
/// <param name="Type">string, integer, decimal, boolean, date or timestamp.</param>
/// <param name="Grains">Of a time dimension.</param>
/// <param name="Description">The definition's own, or the column's.</param>
internal sealed record DimensionDetail(string Name, string Type, ImmutableArray<string> Grains, string? Description)
{
    public static DimensionDetail Of(string name, ReachableElement element, MetricCatalogue catalogue)
    {
        var dimension = element.Dimension!;
        return new DimensionDetail(
            name,
            dimension.DataType.Name(),
            [.. MetricDetail.GrainsFrom(dimension.Grain, catalogue)],
            dimension.Description ?? catalogue.Marts.Find(element.Model.Relation)?.Columns.GetValueOrDefault(dimension.Expr));
    }
}

/// <summary>A fact that a metric is computed from.</summary>
/// <param name="SemanticModel">Its semantic model.</param>
/// <param name="Relation">Its table or view.</param>
/// <param name="MetricTime">The dimension that is its metric time.</param>
/// <param name="Tests">Tests that it passed before it was published.</param>
internal sealed record MetricFact(string SemanticModel, string Relation, string MetricTime, IReadOnlyList<string> Tests);
