using System.Text.Json.Nodes;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>What a publication says of its models: columns and column lineage. Of a build that was not published nothing is known.</summary>
internal sealed class PublishedModels(JsonNode? manifest)
{
    private readonly Dictionary<string, JsonObject> _models = manifest?["models"]?.AsArray().OfType<JsonObject>()
        .ToDictionary(model => (string)model["unique_id"]!) ?? [];

    /// <summary>Names and types of a model's columns; null when not known.</summary>
    public IReadOnlyList<(string Name, string Type)>? Columns(string uniqueId) =>
        _models.GetValueOrDefault(uniqueId)?["columns"]?.AsArray().Select(column => ((string)column!["name"]!, (string)column["type"]!)).ToList();

    /// <summary>The model's entry of <c>lineage</c>; null when not known.</summary>
    public JsonObject? Lineage(string uniqueId) => _models.GetValueOrDefault(uniqueId)?["lineage"] as JsonObject;
}
