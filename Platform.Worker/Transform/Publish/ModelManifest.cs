using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Lineage;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// <c>meta.publication.manifest</c>: every published model and seed with its description, columns as built, what it reads and its tests.
/// </summary>
internal static class ModelManifest
{
    /// <param name="build">The build.</param>
    /// <param name="columns">Columns of the nodes' relations by unique id; a node without any is not published and left out.</param>
    /// <param name="lineage">Column lineage of the models that this build compiled; that of the others is the published one.</param>
    /// <param name="previous">The current publication; a build of a part keeps what it has published of models that are gone.</param>
    public static JsonObject Make(
        BuildState build, IReadOnlyDictionary<string, IReadOnlyList<ColumnInfo>> columns, IReadOnlyDictionary<string, ModelLineage> lineage,
        PreviousPublication previous)
    {
        var graph = build.Project.Graph;
        var tests = graph.Ordered.Where(node => node.ResourceType is ResourceType.Test)
            .SelectMany(test => test.DependsOn.Select(parent => (parent, test))).ToLookup(pair => pair.parent, pair => pair.test);
        return new JsonObject
        {
            ["project"] = new JsonObject { ["name"] = build.Project.Root.Name, ["version"] = build.Project.Root.Version },
            ["models"] = Array(graph.Ordered.Where(node => node.IsRelational && node.Source is null && columns.ContainsKey(node.UniqueId))
                .Select(node => Model(
                    node, columns[node.UniqueId], tests[node.UniqueId],
                    lineage.TryGetValue(node.UniqueId, out var found) ? LineageWriter.Node(found) : previous.Lineage(node)))
                .Concat(build.IsWhole ? [] : previous.Gone(build))),
            ["sources"] = Array(graph.Ordered.Where(node => node.Source is not null).Select(Source)),
        };
    }

    private static JsonObject Model(Node node, IReadOnlyList<ColumnInfo> columns, IEnumerable<Node> tests, JsonNode? lineage) => new()
    {
        ["unique_id"] = node.UniqueId,
        ["name"] = node.Name,
        ["resource_type"] = node.ResourceTypeName,
        ["package"] = node.PackageName,
        ["path"] = node.OriginalFilePath,
        ["schema"] = node.Schema,
        ["alias"] = node.Alias,
        ["relation_name"] = new Relation(null, node.Schema, node.Alias).ToString(),
        ["materialized"] = node.Config.Materialized,
        ["description"] = node.Description,
        ["tags"] = Array(node.Config.Tags.Select(tag => (JsonNode?)tag)),
        ["meta"] = JsonSerializer.SerializeToNode(node.Config.Meta),
        ["depends_on"] = Array(node.DependsOn.Select(parent => (JsonNode?)parent)),
        ["columns"] = Array(columns.Select(column =>
        {
            var patch = node.Columns.Values.FirstOrDefault(patch => string.Equals(patch.Name, column.Name, StringComparison.OrdinalIgnoreCase));
            return new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = column.DataType,
                ["description"] = patch?.Description ?? "",
                ["meta"] = JsonSerializer.SerializeToNode(patch?.Meta ?? new Dictionary<string, object?>()),
            };
        })),
        ["lineage"] = lineage,
        ["tests"] = Array(tests.Select(test => new JsonObject
        {
            ["unique_id"] = test.UniqueId,
            ["name"] = test.Name,
            ["test"] = test.Test?.Name ?? "singular",
            ["column"] = test.Test?.AttachedNode == node.UniqueId ? test.Test.ColumnName : null,
            ["severity"] = test.Config.IsWarningOnly ? "warn" : "error",
        })),
    };

    private static JsonObject Source(Node node) => new()
    {
        ["unique_id"] = node.UniqueId,
        ["source_name"] = node.Source!.SourceName,
        ["name"] = node.Name,
        ["schema"] = node.Schema,
        ["identifier"] = node.Alias,
        ["description"] = node.Description,
        ["columns"] = Array(node.Columns.Values.Select(column => new JsonObject { ["name"] = column.Name, ["description"] = column.Description })),
    };

    private static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);
}
