using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// Makes a plan cheaper without changing what it answers, one rewrite after the other. A rewrite is a function from a tree to a tree in a file of
/// its own; another one is added to the list. What rows are aggregated by is settled before <see cref="FromRollup"/> looks for them.
/// </summary>
internal static class PlanRewrites
{
    private static readonly ImmutableArray<Func<PlanNode, ImmutableArray<Rollup>, PlanNode>> All =
    [
        (plan, _) => BoundTimes.Apply(plan),
        (plan, _) => AggregateBeforeJoin.Apply(plan),
        FromRollup.Apply,
        (plan, _) => ShareScans.Apply(plan),
        (plan, _) => PushLimit.Apply(plan),
        (plan, _) => PruneJoins.Apply(plan),
    ];

    /// <param name="plan">What is asked.</param>
    /// <param name="rollups">Tables of aggregates, the smallest first.</param>
    public static PlanNode Apply(PlanNode plan, ImmutableArray<Rollup> rollups) => All.Aggregate(plan, (current, rewrite) => rewrite(current, rollups));
}
