using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;

namespace Platform.Metrics.Plan;

/// <summary>What makes a scan: measures that agree in all of this are computed together.</summary>
internal sealed record ScanDraft(
    SemanticModel Model,
    string Time,
    string Filters,
    TimeOffset Offset,
    CumulativeWindow? Cumulative,
    NonAdditiveKey? NonAdditive,
    string? Conversion,
    bool JoinToTimespine);

/// <summary>How far an input of a derived metric looks back.</summary>
internal readonly record struct TimeOffset(TimeShift Shift, TimeGrain? ToGrain, string? CustomGrain, int CustomCount)
{
    public bool IsNone => this == default;

    /// <summary>Both offsets, one after the other.</summary>
    public TimeOffset Plus(TimeWindow? window, TimeGrain? toGrain) => window?.CustomGrain is { } custom
        ? this with { CustomGrain = custom, CustomCount = window.Count, ToGrain = toGrain ?? ToGrain }
        : this with { Shift = Shift.Plus(window?.Shift ?? default), ToGrain = toGrain ?? ToGrain };
}

internal sealed record CumulativeWindow(TimeWindow? Window, TimeGrain? GrainToDate, PeriodAggregation PeriodAggregation);

/// <summary>A non-additive dimension, compared by value.</summary>
internal sealed record NonAdditiveKey(string Name, bool First, string Groupings);

/// <summary>Events that follow the scan's own.</summary>
internal sealed record ConversionDraft(ConversionMetric Metric, SemanticModel Model, Measure Measure, ImmutableArray<FilterTemplate> Filters)
{
    /// <summary>What conversions that are found together agree in.</summary>
    public string Key => string.Join(
        '\n', [Metric.Entity, $"{Metric.Window}", .. Metric.ConstantProperties.Select(pair => $"{pair}"), Model.Name, .. Filters.Select(filter => filter.Text)]);
}

/// <summary>The measures and metrics of a draft.</summary>
internal sealed class ScanContent(ImmutableArray<FilterTemplate> filters, NonAdditiveDimension? nonAdditive, ConversionDraft? conversion)
{
    public ImmutableArray<FilterTemplate> Filters { get; } = filters;

    public NonAdditiveDimension? NonAdditive { get; } = nonAdditive;

    public ConversionDraft? Conversion { get; } = conversion;

    public List<ScanValue> Values { get; } = [];

    /// <summary>Asked metrics that need this scan, for messages.</summary>
    public SortedSet<string> Metrics { get; } = new(StringComparer.Ordinal);
}
