using System.Text.Json;
using Platform.Worker.Jinja;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>What else manifest.json lists: exposures, unit tests, semantic models, metrics, saved queries, groups, docs and macros.</summary>
internal static class ManifestResources
{
    /// <summary>Any node by its kind.</summary>
    public static Dictionary<string, object?> Of(Node node, ManifestContext context) => node.ResourceType switch
    {
        ResourceType.Source => ManifestSource.Of(node, context),
        ResourceType.Exposure => Exposure(node, context),
        ResourceType.UnitTest => UnitTest(node, context),
        ResourceType.SemanticModel or ResourceType.Metric or ResourceType.SavedQuery => Semantic(node, context),
        _ => ManifestNode.Of(node, context),
    };

    public static Dictionary<string, object?> Of(GroupDefinition group) => new()
    {
        ["name"] = group.Name,
        ["resource_type"] = "group",
        ["package_name"] = group.PackageName,
        ["path"] = BelowRoot(group.OriginalFilePath),
        ["original_file_path"] = group.OriginalFilePath,
        ["unique_id"] = group.UniqueId,
        ["owner"] = group.Owner,
    };

    public static Dictionary<string, object?> Of(DocsBlock docs) => new()
    {
        ["name"] = docs.Name,
        ["resource_type"] = "doc",
        ["package_name"] = docs.PackageName,
        ["path"] = BelowRoot(docs.OriginalFilePath),
        ["original_file_path"] = docs.OriginalFilePath,
        ["unique_id"] = docs.UniqueId,
        ["block_contents"] = docs.Text,
    };

    public static Dictionary<string, object?> Of(MacroNode macro, ManifestContext context) => new()
    {
        ["name"] = macro.Name,
        ["resource_type"] = "macro",
        ["package_name"] = macro.PackageName,
        ["path"] = macro.OriginalFilePath,
        ["original_file_path"] = macro.OriginalFilePath,
        ["unique_id"] = macro.UniqueId,
        ["macro_sql"] = Text(macro.Definition),
        ["depends_on"] = new Dictionary<string, object?> { ["macros"] = context.Macros(macro) },
        ["description"] = macro.Description,
        ["meta"] = macro.Meta,
        ["docs"] = ManifestConfig.Docs(macro.Docs),
        ["patch_path"] = macro.PatchPath,
        ["arguments"] = macro.Arguments.Select(argument => new Dictionary<string, object?>
        {
            ["name"] = argument.Name, ["type"] = argument.Type, ["description"] = argument.Description,
        }).ToList(),
        ["created_at"] = context.CreatedAt,
        ["supported_languages"] = macro.Definition.TagName == "materialization" ? new[] { "sql" } : null,
    };

    /// <summary>The macro's text with the blanks that its own tags trim, as dbt keeps it.</summary>
    private static string Text(MacroDefinition macro)
    {
        var source = macro.Template.Source;
        var (start, end) = (macro.Start, macro.End);
        if (source.AsSpan(start).StartsWith("{%-"))
        {
            var blanks = source.AsSpan(0, start).TrimEnd().Length;
            // What a tag before it trims belongs to that one.
            start = source.AsSpan(0, blanks).EndsWith("-%}") ? start : blanks;
        }

        if (source.AsSpan(0, end).EndsWith("-%}"))
        {
            end = source.Length - source.AsSpan(end).TrimStart().Length;
        }

        // dbt reads files without the blanks at their ends.
        start = Math.Max(start, source.Length - source.AsSpan().TrimStart().Length);
        return source[start..Math.Min(end, source.AsSpan().TrimEnd().Length)];
    }

    private static Dictionary<string, object?> Exposure(Node node, ManifestContext context)
    {
        var exposure = node.Exposure!;
        var config = ManifestConfig.Of(node);
        var entry = Named(node);
        entry["type"] = exposure.Type;
        entry["owner"] = Owner(exposure);
        entry["description"] = node.Description;
        entry["label"] = exposure.Label;
        entry["maturity"] = exposure.Maturity;
        entry["meta"] = config["meta"];
        entry["tags"] = config["tags"];
        entry["config"] = config;
        entry["unrendered_config"] = node.UnrenderedConfig;
        entry["url"] = exposure.Url;
        entry["depends_on"] = ManifestNode.DependsOn(node, context);
        entry["refs"] = ManifestNode.Refs(node);
        entry["sources"] = ManifestNode.Sources(node);
        entry["metrics"] = exposure.Metrics.Select(metric => new[] { metric }).ToList();
        entry["created_at"] = context.CreatedAt;
        return entry;
    }

    /// <summary>Address and name first, as dbt has them, then whatever else was written.</summary>
    private static Dictionary<string, object?> Owner(ExposureDefinition exposure)
    {
        var owner = new Dictionary<string, object?> { ["email"] = null, ["name"] = null };
        foreach (var (key, value) in exposure.Owner)
        {
            owner[key] = value;
        }

        return owner;
    }

    private static Dictionary<string, object?> UnitTest(Node node, ManifestContext context)
    {
        var test = node.UnitTest!;
        var entry = Named(node);
        entry["model"] = test.Model;
        entry["given"] = test.Given.Select(given => new Dictionary<string, object?>(Rows(given)) { ["input"] = given.Input }).ToList();
        entry["expect"] = Rows(test.Expect);
        entry["overrides"] = test.MacroOverrides.Count + test.VarOverrides.Count + test.EnvVarOverrides.Count == 0 ? null : new Dictionary<string, object?>
        {
            ["macros"] = test.MacroOverrides, ["vars"] = test.VarOverrides, ["env_vars"] = test.EnvVarOverrides,
        };
        entry["checksum"] = ProjectParser.Sha256(JsonSerializer.Serialize((object?[])[test.Model, entry["given"], entry["expect"], entry["overrides"]]));
        entry["description"] = node.Description;
        entry["depends_on"] = ManifestNode.DependsOn(node, context);
        entry["config"] = ManifestConfig.Of(node);
        entry["schema"] = node.Schema;
        entry["created_at"] = context.CreatedAt;
        entry["versions"] = null;
        entry["version"] = ManifestNode.Version(test.Version);
        return entry;
    }

    private static Dictionary<string, object?> Rows(UnitTestRows rows) => new()
    {
        ["rows"] = rows.Sql ?? (object)rows.Rows, ["format"] = rows.Format, ["fixture"] = rows.Fixture,
    };

    private static Dictionary<string, object?> Semantic(Node node, ManifestContext context)
    {
        var entry = Named(node);
        ManifestSemantics.Add(entry, node, context);
        return entry;
    }

    private static Dictionary<string, object?> Named(Node node) => new()
    {
        ["name"] = node.Name,
        ["resource_type"] = node.ResourceTypeName,
        ["package_name"] = node.PackageName,
        ["path"] = BelowRoot(node.OriginalFilePath),
        ["original_file_path"] = node.OriginalFilePath,
        ["unique_id"] = node.UniqueId,
        ["fqn"] = node.Fqn,
    };

    /// <summary>The path below its resource folder.</summary>
    private static string BelowRoot(string path) => path.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? path[(slash + 1)..] : path;
}
