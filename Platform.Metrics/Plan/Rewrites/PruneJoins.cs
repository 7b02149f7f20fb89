using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>A lookup that finds at most one row for each, and of which nothing is read, is left out.</summary>
internal static class PruneJoins
{
    public static PlanNode Apply(PlanNode plan) => plan.Rewrite(node => node switch
    {
        Project project => project with { Input = Pruned(project.Input, project.Columns.Select(column => column.Value)) },
        Aggregate aggregate => aggregate with { Input = Pruned(aggregate.Input, aggregate.Keys.Concat(aggregate.Values).Select(column => column.Value)) },
        _ => node,
    });

    private static PlanNode Pruned(PlanNode input, IEnumerable<PlanValue> read)
    {
        var used = read.SelectMany(scalar => scalar.Relations).ToHashSet();
        return Pruned(input, used);
    }

    /// <summary>From the top down: what a kept lookup's condition reads is used as well.</summary>
    private static PlanNode Pruned(PlanNode node, HashSet<string> used)
    {
        switch (node)
        {
            case Filter filter:
                used.UnionWith(filter.Conditions.SelectMany(condition => condition.Relations));
                return filter with { Input = Pruned(filter.Input, used) };
            case Join { IsLookup: true, Kind: JoinKind.Left } join when !join.Right.Names.Any(used.Contains):
                return Pruned(join.Left, used);
            case Join join:
                used.UnionWith(join.On.Relations);
                return join with { Left = Pruned(join.Left, used), Right = Pruned(join.Right, used) };
            default:
                return node;
        }
    }
}
