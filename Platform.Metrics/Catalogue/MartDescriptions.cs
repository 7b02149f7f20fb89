using System.Collections.Frozen;
using System.Text.Json;

namespace Platform.Metrics.Catalogue;

/// <summary>What the project's manifest says about the marts behind the semantic models: column descriptions and tests.</summary>
internal sealed class MartDescriptions
{
    private readonly FrozenDictionary<string, Mart> byRelation;

    private MartDescriptions(IEnumerable<Mart> marts) =>
        byRelation = marts.GroupBy(mart => mart.Name).ToFrozenDictionary(group => group.Key, group => group.First());

    public Mart? Find(Relation relation) => byRelation.GetValueOrDefault(relation.Name);

    /// <summary>
    /// Reads <c>{"models": [{"name", "description", "columns": {name: {"description"}}, "tests": [...]}]}</c>. Descriptions are for people:
    /// what is not of that shape is left out.
    /// </summary>
    public static MartDescriptions Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new MartDescriptions(Children(document.RootElement, "models").Select(Read).OfType<Mart>());
    }

    private static Mart? Read((string? Key, JsonElement Value) entry)
    {
        var name = Text(entry.Value, "alias") ?? Text(entry.Value, "name") ?? entry.Key;
        return name is null
            ? null
            : new Mart(
                name,
                Text(entry.Value, "description"),
                Children(entry.Value, "columns")
                    .Select(column => (Name: Text(column.Value, "name") ?? column.Key, Description: Text(column.Value, "description")))
                    .Where(column => column is { Name: not null, Description.Length: > 0 })
                    .DistinctBy(column => column.Name)
                    .ToFrozenDictionary(column => column.Name!, column => column.Description!),
                [.. Children(entry.Value, "tests")
                    .Select(test => test.Value.ValueKind == JsonValueKind.String ? test.Value.GetString() : Text(test.Value, "name"))
                    .OfType<string>()]);
    }

    private static IEnumerable<(string? Key, JsonElement Value)> Children(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out var children)
            ? children.ValueKind switch
            {
                JsonValueKind.Array => children.EnumerateArray().Select(child => ((string?)null, child)),
                JsonValueKind.Object => children.EnumerateObject().Select(child => ((string?)child.Name, child.Value)),
                _ => [],
            }
            : [];

    private static string? Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>A published model of the dbt project.</summary>
internal sealed record Mart(string Name, string? Description, FrozenDictionary<string, string> Columns, IReadOnlyList<string> Tests);
