using System.Text.Json;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>manifest.json, version 12 (https://docs.getdbt.com/reference/artifacts/manifest-json).</summary>
internal static class ManifestWriter
{
    public const string FileName = "manifest.json";

    private const int AtATime = 512;

    /// <param name="stream">Where it goes; stays open.</param>
    /// <param name="project">The parsed project.</param>
    /// <param name="invocation">The invocation that writes it.</param>
    /// <param name="generatedAt">When it is written.</param>
    /// <param name="compiled">What compiling added to nodes, by unique id; null for what was not compiled.</param>
    public static void Write(
        Stream stream, ParsedProject project, Invocation invocation, DateTimeOffset generatedAt, Func<string, CompiledNode?>? compiled = null)
    {
        var context = new ManifestContext(project, invocation, compiled);
        var nodes = project.OnRunStart.Concat(project.OnRunEnd).Concat(project.Graph.Ordered).ToLookup(node => Section(node.ResourceType));
        using var json = ArtifactJson.Open(stream);
        json.WriteStartObject();
        ArtifactMetadata.Write(
            json, "manifest/v12", invocation, generatedAt,
            ("project_name", project.Root.Name), ("project_id", ContextFunctions.Md5(project.Root.Name)), ("user_id", null),
            ("send_anonymous_usage_stats", false), ("adapter_type", "postgres"));
        Nodes("nodes");
        Nodes("sources");
        Map(json, "macros", project.Macros.Values, macro => (macro.UniqueId, ManifestResources.Of(macro, context)));
        Map(json, "docs", project.Docs.Values.Prepend(Overview).DistinctBy(docs => docs.UniqueId), docs => (docs.UniqueId, ManifestResources.Of(docs)));
        Nodes("exposures");
        Nodes("metrics");
        Map(json, "groups", project.Groups.Values, group => (group.UniqueId, ManifestResources.Of(group)));
        ArtifactJson.Write(json, "selectors", Selectors(project));
        ArtifactJson.Write(json, "disabled", project.Disabled.GroupBy(node => node.UniqueId).ToDictionary(
            group => group.Key, group => (object?)group.Select(node => ManifestResources.Of(node, context)).ToList()));
        WriteEdges(json, project.Graph);
        ArtifactJson.Write(json, "group_map", project.Groups.Values.ToDictionary(
            group => group.Name,
            group => (object?)project.Graph.Ordered.Where(node => node.Group == group.Name).Select(node => node.UniqueId).ToList()));
        Nodes("saved_queries");
        Nodes("semantic_models");
        Nodes("unit_tests");
        json.WriteEndObject();

        void Nodes(string section) => Map(json, section, nodes[section], node => (node.UniqueId, ManifestResources.Of(node, context)));
    }

    /// <summary>What docs sites open with when the project has no overview of its own; they cannot do without it.</summary>
    private static readonly DocsBlock Overview = new(
        $"doc.{Package.GlobalName}.__overview__", "__overview__", Package.GlobalName, "docs/overview.md",
        """
        ### Welcome

        These are the models, sources, seeds, snapshots, tests, metrics and exposures of the project: what each of them means, the SQL that
        makes it and where its data comes from. Find one by its file or by its place in the warehouse, or start from the lineage graph.

        To show a text of your own here, write a docs block named `__overview__`.
        """);

    private static string Section(ResourceType type) => type switch
    {
        ResourceType.Source => "sources",
        ResourceType.Exposure => "exposures",
        ResourceType.Metric => "metrics",
        ResourceType.SavedQuery => "saved_queries",
        ResourceType.SemanticModel => "semantic_models",
        ResourceType.UnitTest => "unit_tests",
        _ => "nodes",
    };

    /// <summary>Entries are made in parallel, some hundreds at a time: a large project's all at once would be much to hold.</summary>
    private static void Map<T>(Utf8JsonWriter json, string name, IEnumerable<T> resources, Func<T, (string Id, Dictionary<string, object?> Entry)> entry)
    {
        json.WriteStartObject(name);
        foreach (var (id, fields) in resources.Chunk(AtATime).SelectMany(some => some.InParallel(entry)))
        {
            ArtifactJson.Write(json, id, fields);
        }

        json.WriteEndObject();
    }

    private static void WriteEdges(Utf8JsonWriter json, NodeGraph graph)
    {
        Map("parent_map", id => graph.Parents(id).Order(StringComparer.Ordinal));
        Map("child_map", id => graph.Children(id).Order(StringComparer.Ordinal));

        void Map(string name, Func<string, IEnumerable<string>> edges)
        {
            json.WriteStartObject(name);
            foreach (var node in graph.Ordered)
            {
                ArtifactJson.Write(json, node.UniqueId, edges(node.UniqueId));
            }

            json.WriteEndObject();
        }
    }

    private static Dictionary<string, object?> Selectors(ParsedProject project) =>
        (project.Selectors?["selectors"] ?? project.Selectors)?.Items?.Where(selector => selector.Text("name") is not null)
            .DistinctBy(selector => selector.Text("name")).ToDictionary(selector => selector.Text("name")!, selector => selector.Plain()) ?? [];
}
