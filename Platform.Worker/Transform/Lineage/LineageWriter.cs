using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Lineage;

/// <summary>Column lineage as JSON: lineage.json, and the entry of one model for manifests.</summary>
internal static class LineageWriter
{
    public const string FileName = "lineage.json";

    public static void Write(Stream stream, Invocation invocation, IReadOnlyDictionary<string, ModelLineage> lineage, DateTimeOffset generatedAt)
    {
        using var json = ArtifactJson.Open(stream);
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteString("generated_at", ArtifactJson.Timestamp(generatedAt));
        json.WriteString("invocation_id", invocation.Id);
        json.WriteEndObject();
        json.WriteStartObject("nodes");
        foreach (var (id, model) in lineage.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            ArtifactJson.Write(json, id, Entry(model));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary><c>{"columns": {"amount": [{"unique_id", "relation", "column", "kind"}]}, "filters": [...]}</c>.</summary>
    public static Dictionary<string, object?> Entry(ModelLineage lineage) => new()
    {
        ["columns"] = lineage.Columns.ToDictionary(column => column.Column, column => (object?)Sources(column.Sources)),
        ["filters"] = Sources(lineage.Filters),
    };

    /// <summary>The entry as a JSON node.</summary>
    public static JsonNode? Node(ModelLineage lineage) => JsonSerializer.SerializeToNode(Entry(lineage));

    private static List<Dictionary<string, object?>> Sources(IEnumerable<ColumnSource> sources) =>
    [
        .. sources.Select(source => new Dictionary<string, object?>
        {
            ["unique_id"] = source.UniqueId,
            ["relation"] = source.Relation,
            ["column"] = source.Column,
            ["kind"] = source.Kind switch { LineageKind.Direct => "direct", LineageKind.Derived => "derived", _ => "filter" },
        }),
    ];
}
