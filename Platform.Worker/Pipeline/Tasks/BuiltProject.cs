using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary>What dbt_build made: its results, and the project's nodes that they are of.</summary>
internal sealed record BuiltProject(NodeGraph Graph, BuildResult Result)
{
    /// <summary>The models, seeds and snapshots that were begun, in the order in which they ended.</summary>
    public IEnumerable<BuiltModel> Models =>
        from result in Result.Nodes
        where result.Status is not NodeStatus.Skipped && Graph.Contains(result.UniqueId)
        let node = Graph[result.UniqueId]
        where node.ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot
        let started = result.Compile?.StartedAt ?? result.Execute?.StartedAt
        where started is not null
        select new BuiltModel(node, result, started.Value);
}

/// <summary>A model, seed or snapshot that was built.</summary>
internal sealed record BuiltModel(Node Node, NodeResult Result, DateTimeOffset StartedAt)
{
    public DateTimeOffset EndedAt => StartedAt + Result.Duration;
}
