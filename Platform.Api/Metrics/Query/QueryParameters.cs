using System.Collections.Immutable;

namespace Platform.Api.Metrics.Query;

/// <summary>The parameters of a query as texts: from the address or from a JSON body, where lists may also be one comma-separated text.</summary>
internal sealed record QueryParameters
{
    public ImmutableArray<string> Metrics { get; init; } = [];

    public ImmutableArray<string> GroupBy { get; init; } = [];

    public ImmutableArray<string> Where { get; init; } = [];

    public string? Grain { get; init; }

    public string? Start { get; init; }

    public string? End { get; init; }

    public ImmutableArray<string> OrderBy { get; init; } = [];

    public string? Limit { get; init; }
}
