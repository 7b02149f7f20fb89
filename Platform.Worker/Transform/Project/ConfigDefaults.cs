using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>The configuration of a resource of which nothing is said, with every key that dbt shows.</summary>
internal static class ConfigDefaults
{
    private static readonly NodeConfig Shared = NodeConfig.Empty.With(new Dictionary<string, object?>
    {
        ["enabled"] = true, ["alias"] = null, ["schema"] = null, ["database"] = null, ["tags"] = new List<object?>(),
        ["meta"] = new Dictionary<string, object?>(), ["group"] = null,
    });

    private static readonly NodeConfig Relational = Shared.With(new Dictionary<string, object?>
    {
        ["materialized"] = "view", ["incremental_strategy"] = null, ["batch_size"] = null, ["lookback"] = 1L, ["begin"] = null,
        ["persist_docs"] = new Dictionary<string, object?>(), ["post-hook"] = new List<object?>(), ["pre-hook"] = new List<object?>(),
        ["quoting"] = new Dictionary<string, object?>(), ["column_types"] = new Dictionary<string, object?>(), ["full_refresh"] = null,
        ["unique_key"] = null, ["on_schema_change"] = "ignore", ["on_configuration_change"] = "apply",
        ["grants"] = new Dictionary<string, object?>(), ["packages"] = new List<object?>(),
        ["docs"] = new Dictionary<string, object?> { ["show"] = true, ["node_color"] = null },
        ["contract"] = new Dictionary<string, object?> { ["enforced"] = false, ["alias_types"] = true },
        ["event_time"] = null, ["concurrent_batches"] = null,
    });

    private static readonly NodeConfig Model = Relational.With(new Dictionary<string, object?> { ["access"] = "protected", ["freshness"] = null });

    private static readonly NodeConfig Seed = Relational.With(
        new Dictionary<string, object?> { ["materialized"] = "seed", ["delimiter"] = ",", ["quote_columns"] = null });

    private static readonly NodeConfig Snapshot = Relational.With(new Dictionary<string, object?>
    {
        ["materialized"] = "snapshot", ["strategy"] = null, ["target_schema"] = null, ["target_database"] = null, ["updated_at"] = null,
        ["check_cols"] = null, ["dbt_valid_to_current"] = null, ["snapshot_meta_column_names"] = new Dictionary<string, object?>
        {
            ["dbt_valid_to"] = null, ["dbt_valid_from"] = null, ["dbt_scd_id"] = null, ["dbt_updated_at"] = null, ["dbt_is_deleted"] = null,
        },
    });

    private static readonly NodeConfig Test = Shared.With(new Dictionary<string, object?>
    {
        ["schema"] = "dbt_test__audit", ["materialized"] = "test", ["severity"] = "ERROR", ["store_failures"] = null, ["store_failures_as"] = null,
        ["where"] = null, ["limit"] = null, ["fail_calc"] = "count(*)", ["warn_if"] = "!= 0", ["error_if"] = "!= 0",
    });

    private static readonly NodeConfig Source = NodeConfig.Empty.With(new Dictionary<string, object?>
    {
        ["enabled"] = true, ["event_time"] = null, ["freshness"] = null, ["loaded_at_field"] = null, ["loaded_at_query"] = null,
        ["meta"] = new Dictionary<string, object?>(), ["tags"] = new List<object?>(),
    });

    private static readonly NodeConfig Described = NodeConfig.Empty.With(new Dictionary<string, object?>
    {
        ["enabled"] = true, ["meta"] = new Dictionary<string, object?>(), ["tags"] = new List<object?>(),
    });

    private static readonly NodeConfig Semantic = NodeConfig.Empty.With(new Dictionary<string, object?>
    {
        ["enabled"] = true, ["group"] = null, ["meta"] = new Dictionary<string, object?>(),
    });

    private static readonly NodeConfig SavedQuery = Semantic.With(new Dictionary<string, object?>
    {
        ["export_as"] = null, ["schema"] = null, ["cache"] = new Dictionary<string, object?> { ["enabled"] = false },
    });

    public static NodeConfig Of(ResourceType type) => type switch
    {
        ResourceType.Model => Model,
        ResourceType.Analysis => Relational,
        ResourceType.Seed => Seed,
        ResourceType.Snapshot => Snapshot,
        ResourceType.Test => Test,
        ResourceType.Source => Source,
        ResourceType.UnitTest or ResourceType.Exposure => Described,
        ResourceType.SavedQuery => SavedQuery,
        _ => Semantic,
    };
}
