using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Runs;

/// <summary>Reads from the published manifest what marts are made of.</summary>
internal sealed class MetricLineage(NpgsqlDataSource dataSource)
{
    /// <summary>The relations and everything that they are made of, each before what reads it.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    public async Task<ImmutableArray<LineageNode>> ReadAsync(IReadOnlyCollection<string> relations, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select manifest::text from meta.publication where is_current");
        var text = (string?)await command.ExecuteScalarAsync(cancellationToken) ?? throw new NothingPublishedException();
        using var manifest = JsonDocument.Parse(text);
        var nodes = new Dictionary<string, LineageNode>();
        foreach (var (section, kind) in new[] { ("models", "model"), ("sources", "source") })
        {
            foreach (var entry in Items(manifest.RootElement, section))
            {
                if ((Text(entry, "unique_id") ?? Text(entry, "name")) is { } id)
                {
                    nodes.TryAdd(id, new LineageNode(
                        id,
                        Text(entry, "resource_type") ?? kind,
                        $"{Text(entry, "schema") ?? "analytics"}.{Text(entry, "alias") ?? Text(entry, "identifier") ?? Text(entry, "name")}",
                        Text(entry, "description"),
                        Text(entry, "path"),
                        [.. Items(entry, "depends_on").Where(parent => parent.ValueKind == JsonValueKind.String).Select(parent => parent.GetString()!)]));
                }
            }
        }

        var ordered = ImmutableArray.CreateBuilder<LineageNode>();
        var seen = new HashSet<string>();
        foreach (var node in nodes.Values.Where(node => relations.Contains(node.Relation)).OrderBy(node => node.Id, StringComparer.Ordinal))
        {
            Visit(node);
        }

        return ordered.ToImmutable();

        void Visit(LineageNode node)
        {
            if (seen.Add(node.Id))
            {
                foreach (var parent in node.DependsOn)
                {
                    if (nodes.TryGetValue(parent, out var found))
                    {
                        Visit(found);
                    }
                }

                ordered.Add(node);
            }
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A model, seed or source.</summary>
/// <param name="Id">Its unique id in the project.</param>
/// <param name="ResourceType">model, seed, snapshot or source.</param>
/// <param name="Relation">Schema and name of its relation.</param>
/// <param name="Description">What it is.</param>
/// <param name="Path">Its file in the project.</param>
/// <param name="DependsOn">Ids of what it reads.</param>
internal sealed record LineageNode(string Id, string ResourceType, string Relation, string? Description, string? Path, ImmutableArray<string> DependsOn);
