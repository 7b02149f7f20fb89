using System.Collections.Immutable;
using Platform.Metrics.Filters;

namespace Platform.Metrics.Catalogue;

/// <summary>A certified number: what it is, how it is computed, who answers for it.</summary>
internal sealed record Metric
{
    public required string Name { get; init; }

    public string? Label { get; init; }

    public string? Description { get; init; }

    public required MetricDefinition Definition { get; init; }

    public ImmutableArray<FilterTemplate> Filters { get; init; } = [];

    public MetricMeta Meta { get; init; } = new();

    /// <summary>What it is and its unit, in one text.</summary>
    public string Documentation => $"{(Description ?? Label ?? Name).Trim()}{(Meta.Unit is { } unit ? $" [{unit}]" : "")}";

    /// <summary>Grain of <c>metric_time</c> where a query names none; null is the finest, but no finer than a day.</summary>
    public TimeGrain? DefaultGrain { get; init; }
}

/// <summary>What the metric's <c>meta</c> says for readers.</summary>
internal sealed record MetricMeta
{
    public string? Domain { get; init; }

    /// <summary>EUR, count, ratio, days, ...</summary>
    public string? Unit { get; init; }

    public string? Format { get; init; }

    /// <summary>ISO 4217 code of an amount; its unit when that is one.</summary>
    public string? Currency { get; init; }

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

/// <summary>Of the base events, those that an event of the other kind followed: as a count, or as a share of all.</summary>
internal sealed record ConversionMetric(MeasureInput Base, MeasureInput Conversion, string Entity) : MetricDefinition("conversion")
{
    /// <summary>A rate; otherwise the conversions themselves.</summary>
    public bool IsRate { get; init; } = true;

    /// <summary>Longest time between the two; null is any.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>Dimensions that must be the same in both.</summary>
    public ImmutableArray<(string Base, string Conversion)> ConstantProperties { get; init; } = [];
}

/// <summary>A definition that this API knows of and cannot compute.</summary>
internal sealed record UnsupportedMetric(string Type, string Reason) : MetricDefinition(Type);

/// <summary>Which of a period's daily values stands for the period.</summary>
internal enum PeriodAggregation
{
    First,
    Last,
    Average,
}

/// <param name="Measure">The measure, or, with <see cref="IsMetric"/>, the simple metric that has it.</param>
internal sealed record MeasureInput(string Measure)
{
    public bool IsMetric { get; init; }

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
    /// <summary>Set when the window counts periods of a calendar of the project.</summary>
    public string? CustomGrain { get; init; }

    public TimeShift Shift => new(Months, Days, Seconds);

    public long Seconds => Grain switch
    {
        TimeGrain.Second => Count,
        TimeGrain.Minute => 60L * Count,
        TimeGrain.Hour => 3600L * Count,
        _ => 0,
    };

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

/// <summary>How far a time is moved: later, or earlier by negative numbers.</summary>
internal readonly record struct TimeShift(int Months, int Days, long Seconds)
{
    public bool IsNone => this == default;

    public TimeShift Plus(TimeShift other) => new(Months + other.Months, Days + other.Days, Seconds + other.Seconds);

    public static TimeShift operator -(TimeShift shift) => new(-shift.Months, -shift.Days, -shift.Seconds);

    public static TimeShift Negate(TimeShift shift) => -shift;
}
