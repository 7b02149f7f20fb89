using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>graph_summary.json: the graph as numbered nodes with their successors, for performance reports.</summary>
internal static class GraphSummaryWriter
{
    public const string FileName = "graph_summary.json";

    public static void Write(Stream stream, ParsedProject project, Invocation invocation)
    {
        var nodes = project.Graph.Ordered;
        var numbers = nodes.Select((node, index) => (node.UniqueId, index)).ToDictionary(entry => entry.UniqueId, entry => entry.index);
        using var json = ArtifactJson.Open(stream);
        json.WriteStartObject();
        json.WriteString("_invocation_id", invocation.Id);
        json.WriteStartObject("linked");
        for (var index = 0; index < nodes.Count; index++)
        {
            var node = nodes[index];
            json.WriteStartObject($"{index}");
            json.WriteString("name", node.UniqueId);
            json.WriteString("type", node.ResourceTypeName);
            var children = project.Graph.Children(node.UniqueId);
            if (children.Count > 0)
            {
                ArtifactJson.Write(json, "succ", children.Select(child => numbers[child]).Order());
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
