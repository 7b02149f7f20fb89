using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>A fact's rows, joined and filtered, before they are put to the answer's times and aggregated.</summary>
internal sealed record FactRows
{
    /// <summary>The rows.</summary>
    public required RowSource Source { get; init; }

    /// <summary>Their time as it is stored.</summary>
    public required PlanValue Time { get; init; }

    /// <summary>The group-by columns in the query's order; those of metric time are null: they follow from the time.</summary>
    public required ImmutableArray<PlanValue?> Keys { get; init; }

    public required ImmutableArray<(ScanValue Value, PlanValue Argument)> Values { get; init; }

    /// <summary>Conditions on the rows.</summary>
    public required ImmutableArray<PlanValue> Conditions { get; init; }

    /// <summary>Set when the measures are no sum over time.</summary>
    public Moments? NonAdditive { get; init; }

    public PlanNode Filtered(IEnumerable<PlanValue> more) => Filter.Of(Source.Node, Conditions.Concat(more));
}

/// <summary>A measure and its column.</summary>
internal sealed record ScanValue(string Column, Measure Measure);

/// <summary>A time that measures are no sum over: its value, whether the first or the last counts, and of what.</summary>
internal sealed record Moments(PlanValue Moment, bool First, ImmutableArray<PlanValue> Groupings);
