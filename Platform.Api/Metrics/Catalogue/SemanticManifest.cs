using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Api.Metrics.Catalogue;

/// <summary>The parts of dbt's <c>semantic_manifest.json</c> that are read here, as they are written there.</summary>
internal sealed record SemanticManifest
{
    public ImmutableArray<SemanticModelEntry> SemanticModels { get; init; } = [];

    public ImmutableArray<MetricEntry> Metrics { get; init; } = [];
}

internal sealed record SemanticModelEntry(
    string Name,
    string? Label,
    string? Description,
    NodeRelationEntry NodeRelation,
    DefaultsEntry? Defaults,
    string? PrimaryEntity,
    ImmutableArray<EntityEntry>? Entities,
    ImmutableArray<DimensionEntry>? Dimensions,
    ImmutableArray<MeasureEntry>? Measures);

internal sealed record NodeRelationEntry(string Alias, string SchemaName);

internal sealed record DefaultsEntry(string? AggTimeDimension);

internal sealed record EntityEntry(string Name, string Type, string? Expr, string? Description);

internal sealed record DimensionEntry(
    string Name, string Type, string? Label, string? Description, string? Expr, DimensionTypeParamsEntry? TypeParams);

internal sealed record DimensionTypeParamsEntry(string? TimeGranularity, ValidityParamsEntry? ValidityParams);

internal sealed record ValidityParamsEntry(bool IsStart, bool IsEnd);

internal sealed record MeasureEntry(
    string Name,
    string Agg,
    string? Expr,
    string? AggTimeDimension,
    AggParamsEntry? AggParams,
    NonAdditiveDimensionEntry? NonAdditiveDimension);

internal sealed record AggParamsEntry(decimal? Percentile, bool UseDiscretePercentile);

internal sealed record NonAdditiveDimensionEntry(string Name, string? WindowChoice, ImmutableArray<string>? WindowGroupings);

internal sealed record MetricEntry(
    string Name,
    string Type,
    string? Label,
    string? Description,
    MetricTypeParamsEntry TypeParams,
    [property: JsonConverter(typeof(FilterEntryConverter))] FilterEntry? Filter,
    ConfigEntry? Config);

internal sealed record ConfigEntry(Dictionary<string, JsonElement>? Meta);

internal sealed record MetricTypeParamsEntry(
    [property: JsonConverter(typeof(MeasureInputEntryConverter))] MeasureInputEntry? Measure,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? Numerator,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? Denominator,
    string? Expr,
    [property: JsonConverter(typeof(WindowEntryConverter))] WindowEntry? Window,
    string? GrainToDate,
    ImmutableArray<MetricInputEntry>? Metrics,
    CumulativeTypeParamsEntry? CumulativeTypeParams);

internal sealed record CumulativeTypeParamsEntry(
    [property: JsonConverter(typeof(WindowEntryConverter))] WindowEntry? Window, string? GrainToDate, string? PeriodAgg);

internal sealed record MeasureInputEntry(
    string Name,
    [property: JsonConverter(typeof(FilterEntryConverter))] FilterEntry? Filter = null,
    bool JoinToTimespine = false,
    long? FillNullsWith = null);

internal sealed record MetricInputEntry(
    string Name,
    [property: JsonConverter(typeof(FilterEntryConverter))] FilterEntry? Filter = null,
    string? Alias = null,
    [property: JsonConverter(typeof(WindowEntryConverter))] WindowEntry? OffsetWindow = null,
    string? OffsetToGrain = null);

internal sealed record FilterEntry(ImmutableArray<WhereFilterEntry> WhereFilters);

internal sealed record WhereFilterEntry(string WhereSqlTemplate);

internal sealed record WindowEntry(int Count, string Granularity);
