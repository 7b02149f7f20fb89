using System.Text.Json;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>catalog.json, version 1 (https://docs.getdbt.com/reference/artifacts/catalog-json): what the warehouse holds of the project.</summary>
internal static class CatalogWriter
{
    public const string FileName = "catalog.json";

    /// <param name="stream">Where it goes; stays open.</param>
    /// <param name="project">The parsed project.</param>
    /// <param name="invocation">The invocation that writes it.</param>
    /// <param name="generatedAt">When it is written.</param>
    /// <param name="tables">What <see cref="CatalogTable.Read"/> found in the <see cref="Schemas"/> of the project.</param>
    /// <param name="selected">The nodes to write; null for all.</param>
    /// <param name="error">Why the warehouse could not be described; null when it could.</param>
    public static void Write(
        Stream stream, ParsedProject project, Invocation invocation, DateTimeOffset generatedAt, IReadOnlyList<CatalogTable> tables,
        IReadOnlySet<string>? selected = null, string? error = null)
    {
        var byName = tables.ToDictionary(table => Key(table.Schema, table.Name));
        var found = project.Graph.Ordered.Where(node => node.IsRelational && selected?.Contains(node.UniqueId) is not false)
            .Select(node => (Node: node, Table: byName.GetValueOrDefault(Key(node.Schema, node.Alias)))).Where(entry => entry.Table is not null).ToList();
        using var json = ArtifactJson.Open(stream);
        json.WriteStartObject();
        ArtifactMetadata.Write(json, "catalog/v1", invocation, generatedAt);
        Write(json, "nodes", invocation, found.Where(entry => entry.Node.Source is null));
        Write(json, "sources", invocation, found.Where(entry => entry.Node.Source is not null));
        ArtifactJson.Write(json, "errors", error is null ? null : new[] { error });
        json.WriteEndObject();
    }

    /// <summary>The schemas whose relations the catalog describes.</summary>
    public static IReadOnlyList<string> Schemas(ParsedProject project) =>
        [.. project.Graph.Ordered.Where(node => node.IsRelational).Select(node => node.Schema).Distinct()];

    /// <summary>dbt compares the names without case.</summary>
    private static (string, string) Key(string schema, string name) => (schema.ToLowerInvariant(), name.ToLowerInvariant());

    private static void Write(Utf8JsonWriter json, string section, Invocation invocation, IEnumerable<(Node Node, CatalogTable? Table)> entries)
    {
        json.WriteStartObject(section);
        foreach (var (node, table) in entries)
        {
            json.WriteStartObject(node.UniqueId);
            json.WriteStartObject("metadata");
            json.WriteString("type", table!.Kind);
            json.WriteString("schema", table.Schema);
            json.WriteString("name", table.Name);
            json.WriteString("database", invocation.Target.Database);
            json.WriteString("comment", table.Comment);
            json.WriteString("owner", table.Owner);
            json.WriteEndObject();
            json.WriteStartObject("columns");
            foreach (var column in table.Columns)
            {
                json.WriteStartObject(column.Name);
                json.WriteString("type", column.Type);
                json.WriteNumber("index", column.Index);
                json.WriteString("name", column.Name);
                json.WriteString("comment", column.Comment);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            WriteStats(json, table.Statistics);
            json.WriteString("unique_id", node.UniqueId);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>docs sites expect the entry that says whether there are any.</summary>
    private static void WriteStats(Utf8JsonWriter json, IReadOnlyList<CatalogStatistic> statistics)
    {
        json.WriteStartObject("stats");
        foreach (var statistic in statistics)
        {
            Write(json, statistic, include: true);
        }

        Write(json, new CatalogStatistic("has_stats", "Has Stats?", statistics.Count > 0, "Indicates whether there are statistics for this table"), include: false);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CatalogStatistic statistic, bool include)
    {
        json.WriteStartObject(statistic.Id);
        json.WriteString("id", statistic.Id);
        json.WriteString("label", statistic.Label);
        ArtifactJson.Write(json, "value", statistic.Value);
        json.WriteBoolean("include", include);
        json.WriteString("description", statistic.Description);
        json.WriteEndObject();
    }
}
