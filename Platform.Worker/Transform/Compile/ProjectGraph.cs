using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>graph</c> (https://docs.getdbt.com/reference/dbt-jinja-functions/graph): every enabled resource by kind and unique id. One object for
/// all nodes of a build, as dbt's is: packages keep notes in it from node to node.
/// </summary>
internal static class ProjectGraph
{
    private static readonly string[] Kinds = ["exposures", "groups", "metrics", "nodes", "sources", "semantic_models", "saved_queries"];

    public static DictValue Of(ParsedProject project)
    {
        var graph = DictValue.From(Kinds.Select(kind => KeyValuePair.Create(kind, Value.From(new DictValue()))));
        var macros = new MacroDependencies(project);
        var manifest = new ManifestContext(project, project.Invocation);
        foreach (var node in project.Graph.Ordered.Where(node => node.ResourceType is not ResourceType.UnitTest))
        {
            graph[Kind(node.ResourceType)].As<DictValue>()![node.UniqueId] = node.ResourceType
                is ResourceType.Source or ResourceType.Exposure or ResourceType.Metric or ResourceType.SemanticModel or ResourceType.SavedQuery
                    ? DataFunctions.Json(ArtifactJson.Serialize(ManifestResources.Of(node, manifest)))
                    : Complete(NodeDictionary.Of(node, macros: macros.Of(node)), node, manifest);
        }

        foreach (var hook in project.OnRunStart.Concat(project.OnRunEnd))
        {
            graph["nodes"].As<DictValue>()![hook.UniqueId] = Complete(NodeDictionary.Of(hook, macros: macros.Of(hook)), hook, manifest);
        }

        foreach (var group in project.Groups.Values)
        {
            graph["groups"].As<DictValue>()![group.UniqueId] = Value.FromClr(new Dictionary<string, object?>
            {
                ["unique_id"] = group.UniqueId,
                ["name"] = group.Name,
                ["resource_type"] = "group",
                ["package_name"] = group.PackageName,
                ["path"] = group.OriginalFilePath,
                ["original_file_path"] = group.OriginalFilePath,
                ["owner"] = group.Owner,
                ["description"] = group.Description,
                ["config"] = group.Config,
            });
        }

        return graph;
    }

    /// <summary>Adds what only the manifest says of a node, such as its time spine: packages ask for it, and none is not undefined.</summary>
    private static DictValue Complete(DictValue entry, Node node, ManifestContext manifest)
    {
        var rest = ManifestResources.Of(node, manifest).Where(member => !entry.TryGetValue(member.Key, out _)).ToDictionary();
        foreach (var (key, value) in DataFunctions.Json(ArtifactJson.Serialize(rest)).As<DictValue>()!.Items)
        {
            entry[key] = value;
        }

        return entry;
    }

    private static string Kind(ResourceType type) => type switch
    {
        ResourceType.Source => "sources",
        ResourceType.Exposure => "exposures",
        ResourceType.Metric => "metrics",
        ResourceType.SemanticModel => "semantic_models",
        ResourceType.SavedQuery => "saved_queries",
        _ => "nodes",
    };
}
