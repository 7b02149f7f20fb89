using System.Globalization;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Lineage;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>
/// A model, seed, snapshot, analysis, test or operation as manifest.json shows it (https://docs.getdbt.com/reference/artifacts/manifest-json).
/// Plain .NET data, in dbt's order.
/// </summary>
internal static class ManifestNode
{
    public static Dictionary<string, object?> Of(Node node, ManifestContext context)
    {
        var config = ManifestConfig.Of(node);
        if (context.Compiled(node)?.Lineage is { } lineage)
        {
            // The schema lets a configuration have more keys, and nothing else of a model.
            config["column_lineage"] = LineageWriter.Entry(lineage);
        }

        var checksum = NodeChecksum.Of(node);
        var entry = new Dictionary<string, object?>
        {
            ["database"] = node.Database,
            ["schema"] = node.Schema,
            ["name"] = node.Name,
            ["resource_type"] = node.ResourceTypeName,
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = node.Fqn,
            ["alias"] = node.Alias.Length == 0 ? node.Name : node.Alias,
            ["checksum"] = new Dictionary<string, object?> { ["name"] = checksum.Name, ["checksum"] = checksum.Value },
            ["config"] = config,
            ["tags"] = config["tags"],
            ["description"] = node.Description,
            ["columns"] = Columns(node),
            ["meta"] = config["meta"],
            ["group"] = config.GetValueOrDefault("group"),
            ["docs"] = config.GetValueOrDefault("docs") ?? ManifestConfig.Docs(null),
            ["patch_path"] = node.PatchPath,
            ["build_path"] = context.BuildPath(node),
            ["unrendered_config"] = node.UnrenderedConfig,
            ["created_at"] = context.CreatedAt,
            ["relation_name"] = RelationName(node, context.StoresFailures),
            ["raw_code"] = node.ResourceType is ResourceType.Seed ? "" : node.RawCode.Trim(),
        };
        if (node.ResourceType is ResourceType.Seed)
        {
            entry["root_path"] = context.PackageRoot(node.PackageName);
            entry["depends_on"] = new Dictionary<string, object?> { ["macros"] = context.Macros(node) };
            return entry;
        }

        AddCompiled(entry, node, context);
        switch (node.ResourceType)
        {
            case ResourceType.Model:
                AddModel(entry, node, context);
                break;
            case ResourceType.Test when node.Test is { } test:
                entry["column_name"] = test.ColumnName;
                entry["file_key_name"] = context.FileKeyName(test);
                entry["attached_node"] = test.AttachedNode?.StartsWith("source.", StringComparison.Ordinal) is true ? null : test.AttachedNode;
                entry["test_metadata"] = new Dictionary<string, object?>
                {
                    ["name"] = test.Name, ["kwargs"] = test.Arguments, ["namespace"] = test.Namespace,
                };
                break;
            case ResourceType.Operation:
                entry["index"] = context.HookIndex(node);
                config["tags"] = new List<object?>();
                config.Remove("access");
                break;
        }

        return entry;
    }

    public static List<Dictionary<string, object?>> Refs(Node node) =>
    [
        .. node.Refs.Select(call => new Dictionary<string, object?> { ["name"] = call.Name, ["package"] = call.Package, ["version"] = Version(call.Version) }),
    ];

    public static List<string[]> Sources(Node node) => [.. node.SourceCalls.Select(call => new[] { call.Source, call.Table })];

    public static Dictionary<string, object?> DependsOn(Node node, ManifestContext context) =>
        new() { ["macros"] = context.Macros(node), ["nodes"] = node.DependsOn };

    public static Dictionary<string, object?> Columns(Node node) => node.Columns.ToDictionary(column => column.Key, column => (object?)Column(column.Value));

    /// <summary>The quoted name of what the node makes; null for what makes nothing.</summary>
    /// <param name="node">The node.</param>
    /// <param name="storesFailures">--store-failures is given, for tests that do not say.</param>
    public static string? RelationName(Node node, bool storesFailures = false)
    {
        if (!node.IsRelational && !(node.ResourceType is ResourceType.Test && StoresFailures(node, storesFailures)))
        {
            return null;
        }

        var quoting = node.Quoting;
        var parts = new[] { (node.Database, quoting.Database), (node.Schema, quoting.Schema), (node.Alias, quoting.Identifier) };
        return string.Join('.', parts.Where(part => part.Item1 is not null).Select(part => part.Item2 ? $"\"{part.Item1!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : part.Item1));
    }

    /// <summary>A version is a number where it is written as one.</summary>
    public static object? Version(string? version) =>
        long.TryParse(version, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(version, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : version;

    private static bool StoresFailures(Node node, bool otherwise) =>
        node.Config.Text("store_failures_as") is { } kind ? kind != "ephemeral" : (node.Config.Flag("store_failures") ?? otherwise);

    private static void AddCompiled(Dictionary<string, object?> entry, Node node, ManifestContext context)
    {
        var compiled = context.Compiled(node);
        entry["language"] = node.Language ?? "sql";
        entry["refs"] = Refs(node);
        entry["sources"] = Sources(node);
        entry["metrics"] = Array.Empty<string>();
        entry["depends_on"] = DependsOn(node, context);
        entry["compiled_path"] = compiled?.Code is null ? null : context.CompiledPath(node);
        if (compiled?.Code is { } code)
        {
            entry["compiled"] = true;
            entry["compiled_code"] = code;
            entry["extra_ctes_injected"] = true;
            entry["extra_ctes"] = compiled.Ctes.Select(cte => new Dictionary<string, object?> { ["id"] = cte.Id, ["sql"] = cte.Sql }).ToList();
        }

        var contract = node.Contract ?? new ModelContract(false);
        entry["contract"] = new Dictionary<string, object?>
        {
            ["enforced"] = contract.Enforced, ["alias_types"] = contract.AliasTypes, ["checksum"] = contract.Checksum,
        };
    }

    private static void AddModel(Dictionary<string, object?> entry, Node node, ManifestContext context)
    {
        entry["access"] = node.Access;
        entry["constraints"] = node.Constraints.Select(constraint => Constraint(constraint, ofModel: true)).ToList();
        entry["version"] = Version(node.Version);
        entry["latest_version"] = Version(node.LatestVersion);
        entry["deprecation_date"] = node.DeprecationDate;
        entry["primary_key"] = PrimaryKey.Of(node, context.TestsOf(node.UniqueId));
        entry["time_spine"] = context.TimeSpine(node);
    }

    private static Dictionary<string, object?> Column(ColumnPatch column) => new()
    {
        ["name"] = column.Name,
        ["description"] = column.Description,
        ["meta"] = column.Meta,
        ["data_type"] = column.DataType,
        ["constraints"] = column.Constraints.Select(constraint => Constraint(constraint, ofModel: false)).ToList(),
        ["quote"] = column.Quote,
        ["config"] = new Dictionary<string, object?>(column.Config) { ["meta"] = column.Meta, ["tags"] = column.Tags },
        ["tags"] = column.Tags,
        ["granularity"] = column.Granularity,
    };

    private static Dictionary<string, object?> Constraint(ModelConstraint constraint, bool ofModel)
    {
        var entry = new Dictionary<string, object?>
        {
            ["type"] = constraint.Type,
            ["name"] = constraint.Name,
            ["expression"] = constraint.Expression,
            ["warn_unenforced"] = constraint.WarnUnenforced,
            ["warn_unsupported"] = constraint.WarnUnsupported,
            ["to"] = constraint.To,
            ["to_columns"] = constraint.ToColumns,
        };
        if (ofModel)
        {
            entry["columns"] = constraint.Columns;
        }

        return entry;
    }
}
