using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Metrics.Catalogue;

/// <summary>The parts of dbt's <c>semantic_manifest.json</c> that are read here, as they are written there.</summary>
internal sealed record SemanticManifest
{
    public ImmutableArray<SemanticModelEntry> SemanticModels { get; init; } = [];

    public ImmutableArray<MetricEntry> Metrics { get; init; } = [];

    public ImmutableArray<SavedQueryEntry> SavedQueries { get; init; } = [];

    public ProjectConfigurationEntry? ProjectConfiguration { get; init; }

    /// <summary>Not dbt's: what the Worker publishes of tables that hold facts aggregated.</summary>
    public ImmutableArray<RollupEntry> Rollups { get; init; } = [];
}

internal sealed record RollupEntry(
    string Name,
    string SavedQuery,
    string SemanticModel,
    NodeRelationEntry NodeRelation,
    ImmutableArray<RollupKeyEntry> Keys,
    ImmutableArray<RollupValueEntry> Values);

internal sealed record RollupKeyEntry(string Column, string Expr, string? Grain, ImmutableArray<RollupStepEntry>? Path);

internal sealed record RollupStepEntry(string Entity, string SemanticModel);

internal sealed record RollupValueEntry(string Column, string Agg, string Expr);

internal sealed record ProjectConfigurationEntry(
    ImmutableArray<TimeSpineEntry>? TimeSpines, ImmutableArray<LegacyTimeSpineEntry>? TimeSpineTableConfigurations);

internal sealed record TimeSpineEntry(
    NodeRelationEntry NodeRelation, PrimaryColumnEntry PrimaryColumn, ImmutableArray<CustomGranularityEntry>? CustomGranularities);

internal sealed record PrimaryColumnEntry(string Name, string? TimeGranularity);

internal sealed record CustomGranularityEntry(string Name, string? ColumnName);

/// <summary>A time spine as it was declared before dbt 1.9: a relation by its text.</summary>
internal sealed record LegacyTimeSpineEntry(string Location, string ColumnName, string? Grain);

internal sealed record SavedQueryEntry(
    string Name, string? Label, string? Description, SavedQueryParamsEntry? QueryParams, ImmutableArray<string>? Tags, ConfigEntry? Config);

internal sealed record SavedQueryParamsEntry(
    ImmutableArray<string>? Metrics,
    ImmutableArray<string>? GroupBy,
    [property: JsonConverter(typeof(FilterEntryConverter))] FilterEntry? Where,
    ImmutableArray<string>? OrderBy,
    int? Limit);

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
    string Name, string Type, string? Label, string? Description, string? Expr, DimensionTypeParamsEntry? TypeParams, bool IsPartition = false);

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
    ConfigEntry? Config,
    string? TimeGranularity = null);

internal sealed record ConfigEntry(Dictionary<string, JsonElement>? Meta);

internal sealed record MetricTypeParamsEntry(
    [property: JsonConverter(typeof(MeasureInputEntryConverter))] MeasureInputEntry? Measure,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? Numerator,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? Denominator,
    string? Expr,
    [property: JsonConverter(typeof(WindowEntryConverter))] WindowEntry? Window,
    string? GrainToDate,
    ImmutableArray<MetricInputEntry>? Metrics,
    CumulativeTypeParamsEntry? CumulativeTypeParams,
    ConversionTypeParamsEntry? ConversionTypeParams);

internal sealed record ConversionTypeParamsEntry(
    [property: JsonConverter(typeof(MeasureInputEntryConverter))] MeasureInputEntry? BaseMeasure,
    [property: JsonConverter(typeof(MeasureInputEntryConverter))] MeasureInputEntry? ConversionMeasure,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? BaseMetric,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? ConversionMetric,
    string? Entity,
    string? Calculation,
    [property: JsonConverter(typeof(WindowEntryConverter))] WindowEntry? Window,
    ImmutableArray<ConstantPropertyEntry>? ConstantProperties);

internal sealed record ConstantPropertyEntry(string BaseProperty, string ConversionProperty);

internal sealed record CumulativeTypeParamsEntry(
    [property: JsonConverter(typeof(WindowEntryConverter))] WindowEntry? Window,
    string? GrainToDate,
    string? PeriodAgg,
    [property: JsonConverter(typeof(MetricInputEntryConverter))] MetricInputEntry? Metric = null);

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
