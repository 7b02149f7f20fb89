using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>A table of a source as manifest.json shows it.</summary>
internal static class ManifestSource
{
    public static Dictionary<string, object?> Of(Node node, ManifestContext context)
    {
        var source = node.Source!;
        var freshness = Freshness(source.Freshness);
        var config = ManifestConfig.Of(node);
        config["freshness"] = freshness;
        config["loaded_at_field"] = source.LoadedAtField;
        config["loaded_at_query"] = source.LoadedAtQuery;
        config["meta"] = node.Config.Meta;
        config["tags"] = node.Config.Tags;
        return new Dictionary<string, object?>
        {
            ["database"] = node.Database,
            ["schema"] = node.Schema,
            ["name"] = node.Name,
            ["resource_type"] = node.ResourceTypeName,
            ["package_name"] = node.PackageName,
            ["path"] = node.OriginalFilePath,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = node.Fqn,
            ["source_name"] = source.SourceName,
            ["source_description"] = source.SourceDescription,
            ["loader"] = source.Loader,
            ["identifier"] = source.Identifier,
            ["quoting"] = new Dictionary<string, object?>
            {
                ["database"] = node.Quoting.Database ? null : false,
                ["schema"] = node.Quoting.Schema ? null : false,
                ["identifier"] = node.Quoting.Identifier ? null : false,
                ["column"] = null,
            },
            ["loaded_at_field"] = source.LoadedAtField,
            ["freshness"] = freshness,
            ["external"] = source.External?.Plain(),
            ["description"] = node.Description,
            ["columns"] = ManifestNode.Columns(node),
            ["meta"] = node.Config.Meta,
            ["source_meta"] = source.SourceMeta,
            ["tags"] = node.Config.Tags,
            ["config"] = config,
            ["patch_path"] = node.PatchPath,
            ["unrendered_config"] = Unrendered(node),
            ["relation_name"] = ManifestNode.RelationName(node),
            ["created_at"] = context.CreatedAt,
            ["unrendered_database"] = context.SourceEntry(node)?.Text("database"),
            ["unrendered_schema"] = context.SourceEntry(node)?.Text("schema"),
        };
    }

    /// <summary>A source without freshness has thresholds without values, as in dbt.</summary>
    public static Dictionary<string, object?> Freshness(SourceFreshness? freshness) => new()
    {
        ["warn_after"] = Threshold(freshness?.WarnAfter), ["error_after"] = Threshold(freshness?.ErrorAfter), ["filter"] = freshness?.Filter,
    };

    /// <summary>dbt counts these as written even where nothing was.</summary>
    private static Dictionary<string, object?> Unrendered(Node node)
    {
        var config = new Dictionary<string, object?>
        {
            ["loaded_at_field"] = null, ["loaded_at_query"] = null, ["meta"] = new Dictionary<string, object?>(), ["tags"] = Array.Empty<string>(),
        };
        foreach (var (key, value) in node.UnrenderedConfig)
        {
            config[key] = value;
        }

        return config;
    }

    private static Dictionary<string, object?> Threshold(FreshnessThreshold? threshold) => new() { ["count"] = threshold?.Count, ["period"] = threshold?.Period };
}
