using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>What dbt's structured logs say of a node under <c>data.node_info</c>.</summary>
internal static class NodeInfo
{
    public static Dictionary<string, object?> Of(Node node, NodeResult? result) => new()
    {
        ["materialized"] = node.Config.Materialized,
        ["meta"] = node.Config.Meta,
        ["node_checksum"] = node.Checksum,
        ["node_finished_at"] = Instant(result?.Execute?.CompletedAt ?? result?.Compile?.CompletedAt),
        ["node_name"] = node.Name,
        ["node_path"] = node.Path,
        ["node_relation"] = new Dictionary<string, object?>
        {
            ["alias"] = node.Alias,
            ["database"] = node.Database ?? "",
            ["relation_name"] = result?.RelationName ?? "",
            ["schema"] = node.Schema,
        },
        ["node_started_at"] = Instant(result?.Compile?.StartedAt ?? result?.Execute?.StartedAt),
        ["node_status"] = result?.Status.Word() ?? "started",
        ["resource_type"] = node.ResourceTypeName,
        ["unique_id"] = node.UniqueId,
    };

    private static string Instant(DateTimeOffset? at) => at is { } instant ? ArtifactJson.Timestamp(instant) : "";
}
