using System.Collections.Immutable;
using Platform.Api.Metrics.Plan.Tree;

namespace Platform.Api.Metrics.Plan.Rewrites;

/// <summary>
/// Makes a plan cheaper without changing what it answers, one rewrite after the other. A rewrite is a function from a tree to a tree in a file of
/// its own; another one, such as to answer from a table of aggregates (see <see cref="Aggregate.Scan"/>), is added to the list.
/// </summary>
internal static class PlanRewrites
{
    private static readonly ImmutableArray<Func<PlanNode, PlanNode>> All =
        [BoundTimes.Apply, AggregateBeforeJoin.Apply, ShareScans.Apply, PushLimit.Apply, PruneJoins.Apply];

    public static PlanNode Apply(PlanNode plan) => All.Aggregate(plan, (current, rewrite) => rewrite(current));
}
