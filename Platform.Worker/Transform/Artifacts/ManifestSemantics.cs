using System.Text.Json.Nodes;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>
/// Semantic models, metrics and saved queries as manifest.json shows them: what semantic_manifest.json says of them, less what the
/// manifest's schema does not know, and their place in the graph.
/// </summary>
internal static class ManifestSemantics
{
    public static void Add(Dictionary<string, object?> entry, Node node, ManifestContext context)
    {
        var semantics = context.Semantics(node);
        switch (node.ResourceType)
        {
            case ResourceType.SemanticModel:
                AddModel(entry, node, semantics);
                break;
            case ResourceType.Metric:
                AddMetric(entry, node, semantics);
                break;
            default:
                AddQuery(entry, node, semantics, context);
                break;
        }

        if (node.Description.Length > 0)
        {
            entry["description"] = node.Description;
        }

        entry["metadata"] = null;
        entry["config"] = ManifestConfig.Of(node);
        entry["unrendered_config"] = node.UnrenderedConfig;
        entry["group"] = node.Group;
        entry["depends_on"] = ManifestNode.DependsOn(node, context);
        entry["refs"] = ManifestNode.Refs(node);
        entry["created_at"] = context.CreatedAt;
    }

    private static void AddModel(Dictionary<string, object?> entry, Node node, JsonObject? semantics)
    {
        entry["model"] = node.Refs is [var call, ..] ? $"ref('{call.Name}')" : "";
        foreach (var key in (string[])["node_relation", "description", "label", "defaults", "primary_entity"])
        {
            entry[key] = semantics?[key];
        }

        entry["entities"] = Without(semantics?["entities"], "config", "metadata");
        entry["measures"] = Without(semantics?["measures"], "config", "metadata");
        entry["dimensions"] = Without(semantics?["dimensions"], "config");
    }

    private static void AddMetric(Dictionary<string, object?> entry, Node node, JsonObject? semantics)
    {
        var parameters = semantics?["type_params"]?.DeepClone().AsObject() ?? [];
        (parameters["cumulative_type_params"] as JsonObject)?.Remove("metric");
        (parameters["conversion_type_params"] as JsonObject)?.Remove("base_metric");
        (parameters["conversion_type_params"] as JsonObject)?.Remove("conversion_metric");
        entry["description"] = (string?)semantics?["description"] ?? "";
        entry["label"] = (string?)semantics?["label"] ?? node.Name;
        entry["type"] = semantics?["type"];
        entry["type_params"] = parameters;
        entry["filter"] = semantics?["filter"];
        entry["time_granularity"] = semantics?["time_granularity"];
        entry["meta"] = node.Config.Meta.Count > 0 ? node.Config.Meta : node.Definition?["meta"]?.Plain() ?? node.Config.Meta;
        entry["tags"] = node.Config.Tags;
        entry["sources"] = Array.Empty<string>();
        entry["metrics"] = Array.Empty<string>();
    }

    private static void AddQuery(Dictionary<string, object?> entry, Node node, JsonObject? semantics, ManifestContext context)
    {
        entry["query_params"] = semantics?["query_params"];
        var written = node.Definition?["exports"]?.Items ?? [];
        entry["exports"] = (semantics?["exports"]?.AsArray() ?? []).OfType<JsonObject>().Zip(written, (export, yaml) => new Dictionary<string, object?>
        {
            ["name"] = export["name"],
            ["config"] = new Dictionary<string, object?>(export["config"]!.AsObject().Select(setting => KeyValuePair.Create(setting.Key, (object?)setting.Value)))
            {
                ["database"] = context.Database,
            },
            ["unrendered_config"] = yaml["config"]?.Map?.ToDictionary(setting => setting.Key, setting => (object?)setting.Value.AsText()) ?? [],
        }).ToList();
        entry["description"] = semantics?["description"];
        entry["label"] = semantics?["label"];
    }

    private static List<JsonObject> Without(JsonNode? items, params string[] keys) =>
    [
        .. (items?.AsArray() ?? []).OfType<JsonObject>().Select(item =>
        {
            var kept = item.DeepClone().AsObject();
            foreach (var key in keys)
            {
                kept.Remove(key);
            }

            return kept;
        }),
    ];
}
