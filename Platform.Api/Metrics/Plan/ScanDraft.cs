using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;

namespace Platform.Api.Metrics.Plan;

/// <summary>What makes a scan: measures that agree in all of this are computed together.</summary>
internal sealed record ScanDraft(
    SemanticModel Model,
    string Time,
    string Filters,
    TimeOffset Offset,
    CumulativeWindow? Cumulative,
    NonAdditiveKey? NonAdditive,
    bool JoinToTimespine);

/// <summary>How far an input of a derived metric looks back.</summary>
internal readonly record struct TimeOffset(int Months, int Days, TimeGrain? ToGrain)
{
    public bool IsNone => this == default;

    /// <summary>Both offsets, one after the other.</summary>
    public TimeOffset Plus(TimeWindow? window, TimeGrain? toGrain) =>
        new(Months + (window?.Months ?? 0), Days + (window?.Days ?? 0), toGrain ?? ToGrain);
}

internal sealed record CumulativeWindow(TimeWindow? Window, TimeGrain? GrainToDate, PeriodAggregation PeriodAggregation);

/// <summary>A non-additive dimension, compared by value.</summary>
internal sealed record NonAdditiveKey(string Name, bool First, string Groupings);

/// <summary>The measures and metrics of a draft.</summary>
internal sealed class ScanContent(ImmutableArray<FilterTemplate> filters, NonAdditiveDimension? nonAdditive)
{
    public ImmutableArray<FilterTemplate> Filters { get; } = filters;

    public NonAdditiveDimension? NonAdditive { get; } = nonAdditive;

    public List<ScanValue> Values { get; } = [];

    /// <summary>Asked metrics that need this scan, for messages.</summary>
    public SortedSet<string> Metrics { get; } = new(StringComparer.Ordinal);
}
