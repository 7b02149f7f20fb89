using System.Collections.Immutable;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Plan;

/// <summary>One fact that a plan reads, in terms of the catalogue: for people, and to find a table that holds it aggregated already.</summary>
internal sealed record FactScan
{
    public required string Name { get; init; }

    public required SemanticModel Model { get; init; }

    /// <summary>The measures' time: what <c>metric_time</c> is here.</summary>
    public required Dimension Time { get; init; }

    /// <summary>How the fact's time becomes the answer's.</summary>
    public required Timing Timing { get; init; }

    public required ImmutableArray<JoinStep> Joins { get; init; }

    public required ImmutableArray<Measure> Measures { get; init; }

    /// <summary>The definitions' filters, by their text; of a query with filters that are the same the aggregates are, too.</summary>
    public required ImmutableArray<string> Filters { get; init; }

    /// <summary>The group-by columns as elements of the catalogue.</summary>
    public required ImmutableArray<ReachableElement> Keys { get; init; }
}

/// <summary>When rows count in the answer.</summary>
internal enum Timing
{
    /// <summary>At their own time.</summary>
    AtOwnTime,

    /// <summary>At their own time moved: each row counts in exactly one period.</summary>
    Moved,

    /// <summary>A period shows the rows of another one.</summary>
    LookedUp,

    /// <summary>On every day, all rows of the window that ends with it.</summary>
    Cumulated,
}
