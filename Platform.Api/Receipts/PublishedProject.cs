using System.Collections.Immutable;
using System.Text.Json;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Receipts;

/// <summary>A published model, seed or snapshot.</summary>
internal sealed record PublishedModel(
    string UniqueId, string Schema, string Alias, string? Path, ImmutableArray<string> DependsOn, ImmutableArray<string> Columns,
    ImmutableArray<(string UniqueId, string Name)> Tests, JsonElement? Lineage);

/// <summary>A table that partitions are loaded into: the domain is its schema, the dataset its name.</summary>
internal sealed record PublishedSource(string UniqueId, string Domain, string Dataset);

/// <summary>The project as a publication has it: its models, what they read, and from which source their columns come.</summary>
internal sealed class PublishedProject
{
    private readonly Dictionary<string, PublishedModel> models;
    private readonly Dictionary<string, PublishedSource> sources;

    private PublishedProject(IEnumerable<PublishedModel> models, IEnumerable<PublishedSource> sources)
    {
        this.models = models.DistinctBy(model => model.UniqueId).ToDictionary(model => model.UniqueId);
        this.sources = sources.DistinctBy(source => source.UniqueId).ToDictionary(source => source.UniqueId);
    }

    /// <summary>Reads <c>meta.publication.manifest</c>; an entry without the names that identify it is left out.</summary>
    public static PublishedProject Read(string manifest)
    {
        using var document = JsonDocument.Parse(manifest);
        return new PublishedProject(
            Items(document.RootElement, "models").Where(model => Text(model, "unique_id") is not null && Text(model, "schema") is not null).Select(Model),
            Items(document.RootElement, "sources").Where(source => Text(source, "unique_id") is not null).Select(source => new PublishedSource(
                Text(source, "unique_id")!, Text(source, "schema") ?? "", Text(source, "identifier") ?? Text(source, "name") ?? "")));
    }

    public PublishedModel? Find(Relation relation) =>
        models.Values.FirstOrDefault(model => model.Schema == relation.Schema && model.Alias == relation.Name);

    public PublishedModel? Find(string uniqueId) => models.GetValueOrDefault(uniqueId);

    /// <summary>The models and all that they are made of, at any depth, those that read most first.</summary>
    public (IReadOnlyList<PublishedModel> Models, IReadOnlyList<PublishedSource> Sources) Behind(IEnumerable<PublishedModel> read)
    {
        var (seen, found, from) = (new HashSet<string>(), new List<PublishedModel>(), new List<PublishedSource>());
        var open = new Queue<string>(read.Select(model => model.UniqueId));
        while (open.TryDequeue(out var id))
        {
            if (!seen.Add(id))
            {
                continue;
            }

            if (models.TryGetValue(id, out var model))
            {
                found.Add(model);
                foreach (var parent in model.DependsOn)
                {
                    open.Enqueue(parent);
                }
            }
            else if (sources.TryGetValue(id, out var source))
            {
                from.Add(source);
            }
        }

        return (found, from);
    }

    /// <summary>The source whose column a model passes on unchanged; null when there is none, or several.</summary>
    public PublishedSource? Origin(PublishedModel model, string column)
    {
        for (var depth = 0; depth < models.Count + 1; depth++)
        {
            if (model.Lineage is not { ValueKind: JsonValueKind.Object } lineage
                || !lineage.TryGetProperty("columns", out var columns)
                || !columns.TryGetProperty(column, out var origins)
                || origins.EnumerateArray().Where(origin => Text(origin, "kind") == "direct").ToArray() is not [var only])
            {
                return null;
            }

            if (sources.TryGetValue(Text(only, "unique_id") ?? "", out var source))
            {
                return source;
            }

            if (!models.TryGetValue(Text(only, "unique_id") ?? "", out var next))
            {
                return null;
            }

            (model, column) = (next, Text(only, "column") ?? column);
        }

        return null;
    }

    private static PublishedModel Model(JsonElement model) => new(
        Text(model, "unique_id")!,
        Text(model, "schema")!,
        Text(model, "alias") ?? Text(model, "name") ?? "",
        Text(model, "path"),
        [.. Items(model, "depends_on").Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        [.. Items(model, "columns").Select(column => Text(column, "name")).OfType<string>()],
        [.. Items(model, "tests").Where(test => Text(test, "unique_id") is not null).Select(test => (Text(test, "unique_id")!, Text(test, "name") ?? ""))],
        model.TryGetProperty("lineage", out var lineage) && lineage.ValueKind == JsonValueKind.Object ? lineage.Clone() : null);

    private static IEnumerable<JsonElement> Items(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : [];

    private static string? Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
