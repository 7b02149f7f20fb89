using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>A node as macros see it under <c>model</c> and in <c>graph</c>: what the manifest says of it.</summary>
internal static class NodeDictionary
{
    /// <param name="node">The node.</param>
    /// <param name="compiledCode">Its SQL, once it is compiled.</param>
    /// <param name="macros">Unique ids of the macros it calls.</param>
    public static DictValue Of(Node node, string? compiledCode = null, IReadOnlyList<string>? macros = null)
    {
        var config = ManifestConfig.Of(node);
        var checksum = NodeChecksum.Of(node);
        var entry = new Dictionary<string, object?>
        {
            ["unique_id"] = node.UniqueId,
            ["name"] = node.Name,
            ["resource_type"] = node.ResourceTypeName,
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["root_path"] = null,
            ["patch_path"] = node.PatchPath,
            ["fqn"] = node.Fqn,
            ["database"] = node.Database,
            ["schema"] = node.Schema,
            ["alias"] = node.Alias.Length == 0 ? node.Name : node.Alias,
            ["description"] = node.Description,
            ["config"] = config,
            ["unrendered_config"] = node.UnrenderedConfig,
            ["tags"] = config.GetValueOrDefault("tags") ?? node.Config.Tags,
            ["meta"] = config.GetValueOrDefault("meta") ?? node.Config.Meta,
            ["docs"] = config.GetValueOrDefault("docs") ?? ManifestConfig.Docs(null),
            ["group"] = node.Group,
            ["columns"] = ManifestNode.Columns(node),
            ["depends_on"] = new Dictionary<string, object?> { ["nodes"] = node.DependsOn, ["macros"] = macros ?? [] },
            ["refs"] = ManifestNode.Refs(node),
            ["sources"] = ManifestNode.Sources(node),
            ["metrics"] = Array.Empty<string>(),
            ["checksum"] = new Dictionary<string, object?> { ["name"] = checksum.Name, ["checksum"] = checksum.Value },
            ["language"] = node.Language ?? "sql",
            ["raw_code"] = node.RawCode,
            ["raw_sql"] = node.RawCode,
            ["compiled"] = compiledCode is not null,
            ["compiled_code"] = compiledCode,
            ["compiled_sql"] = compiledCode,
            ["relation_name"] = ManifestNode.RelationName(node),
        };
        switch (node.ResourceType)
        {
            case ResourceType.Model:
                AddModel(entry, node, config);
                break;
            case ResourceType.Source:
                AddSource(entry, node);
                break;
            case ResourceType.Exposure when node.Exposure is { } exposure:
                AddExposure(entry, exposure);
                break;
        }

        if (node.Test is { } test)
        {
            entry["test_metadata"] = new Dictionary<string, object?> { ["name"] = test.Name, ["namespace"] = test.Namespace, ["kwargs"] = test.Arguments };
            entry["column_name"] = test.ColumnName;
            entry["attached_node"] = test.AttachedNode;
        }

        if (node.Definition?.Plain() is IReadOnlyDictionary<string, object?> definition)
        {
            foreach (var (key, value) in definition)
            {
                entry.TryAdd(key, value);
            }
        }

        return DictValue.FromClr((IEnumerable<KeyValuePair<string, object?>>)entry);
    }

    /// <summary>The batch of a microbatch model: <c>model.batch</c>.</summary>
    public static Value Batch(MicrobatchWindow? batch) => batch is null ? Value.None : Value.From(DictValue.From(new Dictionary<string, Value>
    {
        ["id"] = batch.Id, ["event_time_start"] = new DateTimeValue(batch.Start), ["event_time_end"] = new DateTimeValue(batch.End),
    }));

    private static void AddModel(Dictionary<string, object?> entry, Node node, Dictionary<string, object?> config)
    {
        entry["access"] = node.Access;
        entry["version"] = ManifestNode.Version(node.Version);
        entry["latest_version"] = ManifestNode.Version(node.LatestVersion);
        entry["deprecation_date"] = node.DeprecationDate;
        entry["contract"] = config.GetValueOrDefault("contract");
        entry["constraints"] = node.Constraints.Select(Constraint).ToList();
    }

    private static Dictionary<string, object?> Constraint(ModelConstraint constraint) => new()
    {
        ["type"] = constraint.Type,
        ["name"] = constraint.Name,
        ["expression"] = constraint.Expression,
        ["columns"] = constraint.Columns.ToList(),
        ["to"] = constraint.To,
        ["to_columns"] = constraint.ToColumns.ToList(),
        ["warn_unenforced"] = constraint.WarnUnenforced,
        ["warn_unsupported"] = constraint.WarnUnsupported,
    };

    private static void AddSource(Dictionary<string, object?> entry, Node node)
    {
        var source = node.Source!;
        entry["source_name"] = source.SourceName;
        entry["source_description"] = source.SourceDescription;
        entry["source_meta"] = source.SourceMeta;
        entry["identifier"] = source.Identifier;
        entry["loader"] = source.Loader;
        entry["loaded_at_field"] = source.LoadedAtField;
        entry["loaded_at_query"] = source.LoadedAtQuery;
        entry["external"] = source.External?.Plain();
        entry["freshness"] = ManifestSource.Freshness(source.Freshness);
        entry["quoting"] = new Dictionary<string, object?>
        {
            ["database"] = node.Quoting.Database, ["schema"] = node.Quoting.Schema, ["identifier"] = node.Quoting.Identifier, ["column"] = null,
        };
    }

    private static void AddExposure(Dictionary<string, object?> entry, ExposureDefinition exposure)
    {
        entry["type"] = exposure.Type;
        entry["owner"] = exposure.Owner;
        entry["maturity"] = exposure.Maturity;
        entry["url"] = exposure.Url;
        entry["label"] = exposure.Label;
    }
}
