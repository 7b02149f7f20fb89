using System.Text.Json;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.State;

/// <summary>What dbt compares of two entries of a resource, by its kind.</summary>
internal static class SameContents
{
    /// <summary>Configurations that are part of where a node is built, or say nothing of what it is.</summary>
    private static readonly HashSet<string> Uncompared = ["alias", "schema", "database", "tags", "group"];

    private static readonly string[] TestConfigs = ["severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"];

    /// <summary>True for models, seeds, snapshots, analyses, tests and operations: what has code and a configuration of nodes.</summary>
    public static bool IsNode(Node node) => node.ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot
        or ResourceType.Analysis or ResourceType.Test or ResourceType.Operation;

    /// <summary>Everything but the contract and macros.</summary>
    /// <param name="node">The node as it is.</param>
    /// <param name="now">Its entry.</param>
    /// <param name="before">Its former entry.</param>
    /// <param name="asWritten">Compare where a source is with its Jinja.</param>
    public static bool Whole(Node node, JsonElement now, JsonElement before, bool asWritten) => node.ResourceType switch
    {
        ResourceType.Source => Representation(node, now, before, asWritten) && Config(node, now, before)
            && EntryValues.Same(now, before, "fqn", "quoting", "freshness", "loaded_at_field", "external"),
        ResourceType.Exposure => Config(node, now, before)
            && EntryValues.Same(now, before, "fqn", "type", "owner", "maturity", "url", "description", "label") && SameParents(now, before),
        ResourceType.Metric => Config(node, now, before) && EntryValues.Same(now, before, "type", "description", "label"),
        ResourceType.SemanticModel => EntryValues.Same(
            now, before, "model", "description", "defaults", "entities", "dimensions", "measures", "config", "primary_entity", "group"),
        ResourceType.SavedQuery => EntryValues.Same(now, before, "query_params", "description", "label", "config", "group", "tags") && SameExports(now, before),
        // Not the checksum: dbt's is of Python's own text of the definition, which it stands for.
        ResourceType.UnitTest => EntryValues.Same(now, before, "model", "given", "expect", "overrides", "versions"),
        ResourceType.Test when node.Test is not null => Config(node, now, before) && EntryValues.Same(now, before, "fqn"),
        _ => Body(node, now, before) && Config(node, now, before) && Descriptions(now, before) && EntryValues.Same(now, before, "fqn")
            && Representation(node, now, before, asWritten)
            && (node.ResourceType is not ResourceType.Model || EntryValues.Same(now, before, "latest_version", "access", "deprecation_date")),
    };

    /// <summary>Exports as they are written: another target's schema is no change.</summary>
    private static bool SameExports(JsonElement now, JsonElement before)
    {
        var (one, other) = (Exports(now), Exports(before));
        return one.Count == other.Count && one.Zip(other).All(pair => EntryValues.Same(pair.First, pair.Second, "name")
            && EntryValues.Same(pair.First.Member("unrendered_config"), pair.Second.Member("unrendered_config"), "export_as", "schema", "alias"));

        static List<JsonElement?> Exports(JsonElement entry) =>
            ((JsonElement?)entry).Member("exports") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(export => (JsonElement?)export)] : [];
    }

    /// <summary>The code; of a seed, the file's checksum.</summary>
    public static bool Body(Node node, JsonElement now, JsonElement before) => node.ResourceType is ResourceType.Seed
        ? EntryValues.Same(now, before, "checksum")
        : Code(now) == Code(before);

    /// <summary>The configuration as written.</summary>
    public static bool Config(Node node, JsonElement now, JsonElement before)
    {
        var (mine, others) = (((JsonElement?)now).Member("unrendered_config"), ((JsonElement?)before).Member("unrendered_config"));
        if (node.ResourceType is ResourceType.Test)
        {
            return EntryValues.Same(mine, others, TestConfigs);
        }

        var keys = mine.Members().Concat(others.Members()).Select(member => member.Name).Distinct()
            .Where(key => node.ResourceType is ResourceType.Source or ResourceType.Exposure || !Uncompared.Contains(key));
        return EntryValues.Same(mine, others, keys);
    }

    /// <summary>Descriptions, when they are written to the warehouse.</summary>
    public static bool Descriptions(JsonElement now, JsonElement before)
    {
        var persisted = ((JsonElement?)now).Member("config").Member("persist_docs");
        return (persisted.Member("relation") is not { ValueKind: JsonValueKind.True } || (now.Text("description") ?? "") == (before.Text("description") ?? ""))
            && (persisted.Member("columns") is not { ValueKind: JsonValueKind.True } || ColumnDescriptions(now).SequenceEqual(ColumnDescriptions(before)));
    }

    /// <summary>Where it is built, as configured; of a source, where it is.</summary>
    /// <param name="node">The node as it is.</param>
    /// <param name="now">Its entry.</param>
    /// <param name="before">Its former entry.</param>
    /// <param name="asWritten">Compare where a source is with its Jinja.</param>
    public static bool Representation(Node node, JsonElement now, JsonElement before, bool asWritten) => node.ResourceType is ResourceType.Source
        ? EntryValues.Same(now, before, asWritten ? ["unrendered_database", "unrendered_schema", "identifier"] : ["database", "schema", "identifier"])
        : EntryValues.Same(((JsonElement?)now).Member("unrendered_config"), ((JsonElement?)before).Member("unrendered_config"), "database", "schema", "alias");

    private static string Code(JsonElement entry) => entry.Text("raw_code") ?? entry.Text("raw_sql") ?? "";

    private static IEnumerable<(string, string)> ColumnDescriptions(JsonElement entry) => ((JsonElement?)entry).Member("columns").Members()
        .Select(column => (column.Name, column.Value.Text("description") ?? "")).OrderBy(column => column.Name, StringComparer.Ordinal);

    private static bool SameParents(JsonElement now, JsonElement before) => Parents(now).SetEquals(Parents(before));

    private static HashSet<string?> Parents(JsonElement entry) =>
        ((JsonElement?)entry).Member("depends_on").Member("nodes") is { ValueKind: JsonValueKind.Array } nodes
            ? nodes.EnumerateArray().Select(node => node.GetString()).ToHashSet()
            : [];
}
