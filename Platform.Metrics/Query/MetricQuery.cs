using System.Collections.Immutable;
using Platform.Metrics.Filters;

namespace Platform.Metrics.Query;

/// <summary>A question: these metrics, by these dimensions, for these rows. Names are as asked, not yet looked up.</summary>
internal sealed record MetricQuery
{
    /// <summary>What the reader may see; the query is planned under it.</summary>
    public required ReaderPolicy Reader { get; init; }

    /// <summary>None asks for the values of the group-by columns.</summary>
    public required ImmutableArray<string> Metrics { get; init; }

    public ImmutableArray<ElementName> GroupBy { get; init; } = [];

    public ImmutableArray<Expression> Where { get; init; } = [];

    /// <summary>Filters of a saved query that are the project's own SQL.</summary>
    public ImmutableArray<FilterTemplate> Templates { get; init; } = [];

    /// <summary>The grain that was asked for by itself; it is in <see cref="GroupBy"/> as well.</summary>
    public string? Grain { get; init; }

    /// <summary>Only the group-by columns are wanted: the values that occur where the metrics have one.</summary>
    public bool ValuesOnly { get; init; }

    /// <summary>First day of metric time, included.</summary>
    public DateOnly? Start { get; init; }

    /// <summary>Last day of metric time, included.</summary>
    public DateOnly? End { get; init; }

    public ImmutableArray<Ordering> OrderBy { get; init; } = [];

    /// <summary>Rows wanted; null asks for all, up to <see cref="QueryOptions.DefaultRows"/>.</summary>
    public int? Limit { get; init; }

    /// <summary>Rows before the wanted ones, in the answer's order.</summary>
    public long Offset { get; init; }
}

/// <summary>A column of the answer to sort by. Without any, answers are sorted by their group-by columns.</summary>
internal sealed record Ordering(string Column, bool Descending);
