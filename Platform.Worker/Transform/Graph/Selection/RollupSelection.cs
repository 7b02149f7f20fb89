namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>
/// Rollups are built whenever what they are made of is, whatever was selected: otherwise they would tell readers of the facts as they were. Where
/// nothing is published there are none, as by dbt.
/// </summary>
internal static class RollupSelection
{
    public static IReadOnlySet<string> Of(NodeGraph graph, IReadOnlySet<string> selected, bool publishes)
    {
        var rollups = graph.Ordered.Where(node => node.Rollup is not null).Select(node => node.UniqueId).ToList();
        return rollups.Count == 0 ? selected
            : publishes ? selected.Concat(rollups.Where(rollup => ReadsAny(graph, rollup, selected))).ToHashSet()
            : selected.Except(rollups).ToHashSet();
    }

    /// <summary>Whether one of these is read, also by way of views, which hold nothing themselves.</summary>
    private static bool ReadsAny(NodeGraph graph, string node, IReadOnlySet<string> selected) => graph.Parents(node).Any(parent =>
        (selected.Contains(parent) && graph[parent].IsReferable)
        || (graph[parent] is { ResourceType: ResourceType.Model, Config.Materialized: "view" or "ephemeral" } && ReadsAny(graph, parent, selected)));
}
