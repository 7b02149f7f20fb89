using System.Collections.Immutable;
using Platform.Api.Metrics.Filters;

namespace Platform.Api.Metrics.Catalogue;

/// <summary>A certified number: what it is, how it is computed, who answers for it.</summary>
internal sealed record Metric
{
    public required string Name { get; init; }

    public string? Label { get; init; }

    public string? Description { get; init; }

    public required MetricDefinition Definition { get; init; }

    public ImmutableArray<FilterTemplate> Filters { get; init; } = [];

    public MetricMeta Meta { get; init; } = new();
}

/// <summary>What the metric's <c>meta</c> says for readers.</summary>
internal sealed record MetricMeta
{
    public string? Domain { get; init; }

    /// <summary>EUR, count, ratio, days, ...</summary>
    public string? Unit { get; init; }

    public string? Format { get; init; }

    public bool Certified { get; init; }

    public string? Owner { get; init; }
}

/// <summary>How a metric is computed; one case for each MetricFlow metric type.</summary>
internal abstract record MetricDefinition(string Type);

internal sealed record SimpleMetric(MeasureInput Measure) : MetricDefinition("simple");

internal sealed record RatioMetric(MetricInput Numerator, MetricInput Denominator) : MetricDefinition("ratio");

internal sealed record DerivedMetric(string Expr, ImmutableArray<MetricInput> Inputs) : MetricDefinition("derived");

/// <summary>A measure summed over a moving window, since the start of a grain, or (neither) since the beginning.</summary>
internal sealed record CumulativeMetric(MeasureInput Measure, TimeWindow? Window, TimeGrain? GrainToDate, PeriodAggregation PeriodAggregation)
    : MetricDefinition("cumulative");

/// <summary>A definition that this API knows of and cannot compute.</summary>
internal sealed record UnsupportedMetric(string Type, string Reason) : MetricDefinition(Type);

/// <summary>Which of a period's daily values stands for the period.</summary>
internal enum PeriodAggregation
{
    First,
    Last,
    Average,
}

internal sealed record MeasureInput(string Measure)
{
    public ImmutableArray<FilterTemplate> Filters { get; init; } = [];

    public bool JoinToTimespine { get; init; }

    public long? FillNullsWith { get; init; }
}

internal sealed record MetricInput(string Metric)
{
    public string? Alias { get; init; }

    public ImmutableArray<FilterTemplate> Filters { get; init; } = [];

    public TimeWindow? OffsetWindow { get; init; }

    public TimeGrain? OffsetToGrain { get; init; }

    public string Name => Alias ?? Metric;
}

/// <summary>A length of time, such as 7 days.</summary>
internal sealed record TimeWindow(int Count, TimeGrain Grain)
{
    public int Months => Grain switch
    {
        TimeGrain.Month => Count,
        TimeGrain.Quarter => 3 * Count,
        TimeGrain.Year => 12 * Count,
        _ => 0,
    };

    public int Days => Grain switch
    {
        TimeGrain.Day => Count,
        TimeGrain.Week => 7 * Count,
        _ => 0,
    };
}
