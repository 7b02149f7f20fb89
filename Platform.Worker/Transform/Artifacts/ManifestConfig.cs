using System.Globalization;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>A node's configuration with every key that dbt's configuration of that resource type has, at its default where nothing says else.</summary>
internal static class ManifestConfig
{
    /// <summary>The sub-schema of tests whose failures are stored.</summary>
    private const string AuditSchema = "dbt_test__audit";

    public static Dictionary<string, object?> Of(Node node)
    {
        var config = node.ResourceType switch
        {
            ResourceType.Test => TestDefaults(),
            ResourceType.Source => new Dictionary<string, object?> { ["enabled"] = true, ["event_time"] = null },
            ResourceType.UnitTest => new Dictionary<string, object?> { ["tags"] = None, ["meta"] = Nothing, ["enabled"] = true },
            ResourceType.Exposure => new Dictionary<string, object?> { ["enabled"] = true, ["tags"] = None, ["meta"] = Nothing },
            ResourceType.Metric or ResourceType.SemanticModel => new Dictionary<string, object?> { ["enabled"] = true, ["group"] = null, ["meta"] = Nothing },
            ResourceType.SavedQuery => new Dictionary<string, object?>
            {
                ["enabled"] = true, ["group"] = null, ["meta"] = Nothing, ["export_as"] = null, ["schema"] = null,
                ["cache"] = new Dictionary<string, object?> { ["enabled"] = false },
            },
            _ => NodeDefaults(node),
        };
        foreach (var (key, value) in node.Config.Values)
        {
            config[key] = Normal(key, value, config.GetValueOrDefault(key));
        }

        if (node.ResourceType is ResourceType.Model)
        {
            config["access"] = node.Access;
            config["group"] = node.Group ?? config["group"];
        }

        return config;
    }

    /// <summary>Hooks in the shape that dbt gives them: <c>{"sql", "transaction", "index"}</c>.</summary>
    public static List<Dictionary<string, object?>> Hooks(object? configured) =>
        [.. Hook.ReadAll(configured).Select(hook => new Dictionary<string, object?> { ["sql"] = hook.Sql, ["transaction"] = hook.RunsInTransaction, ["index"] = null })];

    private static object[] None => [];

    private static Dictionary<string, object?> Nothing => [];

    private static Dictionary<string, object?> NodeDefaults(Node node)
    {
        var config = new Dictionary<string, object?>
        {
            ["enabled"] = true,
            ["alias"] = null,
            ["schema"] = null,
            ["database"] = null,
            ["tags"] = None,
            ["meta"] = Nothing,
            ["group"] = null,
            ["materialized"] = node.ResourceType switch { ResourceType.Seed => "seed", ResourceType.Snapshot => "snapshot", _ => "view" },
            ["incremental_strategy"] = null,
            ["batch_size"] = null,
            ["lookback"] = 1,
            ["begin"] = null,
            ["persist_docs"] = Nothing,
            ["post-hook"] = None,
            ["pre-hook"] = None,
            ["quoting"] = Nothing,
            ["column_types"] = Nothing,
            ["full_refresh"] = null,
            ["unique_key"] = null,
            ["on_schema_change"] = "ignore",
            ["on_configuration_change"] = "apply",
            ["grants"] = Nothing,
            ["packages"] = None,
            ["docs"] = Docs(null),
            ["contract"] = new Dictionary<string, object?> { ["enforced"] = false, ["alias_types"] = true },
            ["event_time"] = null,
            ["concurrent_batches"] = null,
        };
        switch (node.ResourceType)
        {
            case ResourceType.Model:
                config["access"] = node.Access;
                config["freshness"] = null;
                break;
            case ResourceType.Seed:
                config["delimiter"] = ",";
                config["quote_columns"] = null;
                break;
            case ResourceType.Snapshot:
                config["strategy"] = null;
                config["target_schema"] = null;
                config["target_database"] = null;
                config["updated_at"] = null;
                config["check_cols"] = null;
                config["snapshot_meta_column_names"] = new Dictionary<string, object?>
                {
                    ["dbt_valid_to"] = null, ["dbt_valid_from"] = null, ["dbt_scd_id"] = null, ["dbt_updated_at"] = null, ["dbt_is_deleted"] = null,
                };
                config["dbt_valid_to_current"] = null;
                break;
        }

        return config;
    }

    private static Dictionary<string, object?> TestDefaults() => new()
    {
        ["enabled"] = true,
        ["alias"] = null,
        ["schema"] = AuditSchema,
        ["database"] = null,
        ["tags"] = None,
        ["meta"] = Nothing,
        ["group"] = null,
        ["materialized"] = "test",
        ["severity"] = "ERROR",
        ["store_failures"] = null,
        ["store_failures_as"] = null,
        ["where"] = null,
        ["limit"] = null,
        ["fail_calc"] = "count(*)",
        ["warn_if"] = "!= 0",
        ["error_if"] = "!= 0",
    };

    /// <summary>A value in the one shape that dbt writes where several may be written.</summary>
    private static object? Normal(string key, object? value, object? before) => key switch
    {
        "pre-hook" or "post-hook" => Hooks(value),
        "tags" or "packages" => value is string single ? new[] { single } : value ?? before,
        "docs" => Docs(value),
        "contract" or "snapshot_meta_column_names" or "cache" => Overlay(before, value),
        "meta" or "persist_docs" or "quoting" or "column_types" or "grants" => value ?? before,
        "limit" or "lookback" when value is string text && long.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => value,
    };

    public static Dictionary<string, object?> Docs(object? configured) =>
        Overlay(new Dictionary<string, object?> { ["show"] = true, ["node_color"] = null }, configured);

    private static Dictionary<string, object?> Overlay(object? before, object? value)
    {
        var merged = before is IReadOnlyDictionary<string, object?> defaults ? new Dictionary<string, object?>(defaults) : [];
        foreach (var (key, item) in value as IReadOnlyDictionary<string, object?> ?? Nothing)
        {
            merged[key] = item;
        }

        return merged;
    }
}
