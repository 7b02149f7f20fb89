using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>
/// A published table that holds a fact's rows aggregated already: one row for each combination of its keys, and aggregates from which those of
/// coarser groups can be put together.
/// </summary>
/// <param name="Name">Its name in the project.</param>
/// <param name="SavedQuery">The saved query that declares it.</param>
/// <param name="Facts">The relation that it is an aggregate of.</param>
/// <param name="Relation">Where it is.</param>
internal sealed record Rollup(string Name, string SavedQuery, Relation Facts, Relation Relation)
{
    public required ImmutableArray<RollupKey> Keys { get; init; }

    public required ImmutableArray<RollupValue> Values { get; init; }

    /// <summary>How much there is to read of it.</summary>
    public long Bytes { get; init; }
}

/// <summary>What a rollup is grouped by.</summary>
/// <param name="Way">The lookups from the fact's row to the relation that has the expression; see <see cref="RollupWay"/>.</param>
/// <param name="Expr">The expression over that relation.</param>
/// <param name="Grain">Set when the expression is a time of which only the period is kept.</param>
/// <param name="Column">The rollup's column.</param>
internal sealed record RollupKey(string Way, string Expr, TimeGrain? Grain, string Column)
{
    /// <summary>Type of the column when the expression has the given one: a period is known by its first day or moment.</summary>
    public DataType TypeOf(DataType expr) => Grain switch
    {
        null => expr,
        >= TimeGrain.Day => DataType.Date,
        _ => DataType.Timestamp,
    };
}

/// <summary>An aggregate that a rollup holds.</summary>
internal sealed record RollupValue(Aggregation Aggregation, string Expr, string Column);

/// <summary>Ways of lookups as texts, so that those of a rollup and those of a plan can be compared.</summary>
internal static class RollupWay
{
    /// <summary>The fact's own row.</summary>
    public const string Own = "";

    public static string Step(string from, string foreign, Relation target, string key) => $"{from}/{foreign} > {target.Schema}.{target.Name}.{key}";
}
