using System.Collections.Immutable;

namespace Platform.Metrics.Query;

/// <summary>The parameters of a query as texts: from the address or from a JSON body, where lists may also be one comma-separated text.</summary>
internal sealed record QueryParameters
{
    /// <summary>Name of a saved query that the others add to.</summary>
    public string? SavedQuery { get; init; }

    /// <summary>Only the values of the group-by columns are wanted; null and false are the same.</summary>
    public bool? ValuesOnly { get; init; }

    /// <summary>Text that a value holds somewhere, when values are wanted.</summary>
    public string? Search { get; init; }

    public ImmutableArray<string> Metrics { get; init; } = [];

    public ImmutableArray<string> GroupBy { get; init; } = [];

    public ImmutableArray<string> Where { get; init; } = [];

    public string? Grain { get; init; }

    public string? Start { get; init; }

    public string? End { get; init; }

    public ImmutableArray<string> OrderBy { get; init; } = [];

    public string? Limit { get; init; }
}
