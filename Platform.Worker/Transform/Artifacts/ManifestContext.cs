using System.Text.Json.Nodes;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Publish;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>What entries of the manifest need to know of the rest of the project.</summary>
internal sealed class ManifestContext
{
    private readonly ParsedProject _project;
    private readonly Invocation _invocation;
    private readonly Func<string, CompiledNode?> _compiled;
    private readonly ILookup<string, Node> _tests;
    private readonly Lazy<Dictionary<(string Package, string Name), object?>> _timeSpines;
    private readonly Lazy<Dictionary<(ResourceType Type, string Name), JsonObject>> _semantics;
    private readonly Lazy<Dictionary<(string Package, string Source), YamlValue>> _sources;
    private readonly MacroDependencies _macros;
    private readonly string _target;

    /// <param name="project">The parsed project.</param>
    /// <param name="invocation">The invocation that writes it.</param>
    /// <param name="compiled">What compiling added, by unique id; null for what was not compiled.</param>
    public ManifestContext(ParsedProject project, Invocation invocation, Func<string, CompiledNode?>? compiled = null)
    {
        (_project, _invocation, _compiled) = (project, invocation, compiled ?? (static _ => null));
        _macros = new MacroDependencies(project);
        _target = ArtifactPaths.Shown(invocation.Packages[0].Root, invocation.Flags.TargetPath ?? ArtifactPaths.DefaultTarget);
        _tests = project.Graph.Ordered.Concat(project.Disabled).Where(node => node.Test?.AttachedNode is not null).ToLookup(node => node.Test!.AttachedNode!);
        _timeSpines = new(() => project.Properties.Patches.Where(patch => patch.Kind == "models" && patch.Entry["time_spine"] is not null)
            .DistinctBy(patch => (patch.PackageName, patch.Name))
            .ToDictionary(patch => (patch.PackageName, patch.Name), patch => Spine(patch.Entry["time_spine"]!)));
        _sources = new(() => project.Properties.Sources.DistinctBy(table => (table.Patch.PackageName, table.SourceName))
            .ToDictionary(table => (table.Patch.PackageName, table.SourceName), table => table.WrittenSource));
        _semantics = new(() => Semantics(project));
        CreatedAt = ArtifactJson.UnixSeconds(invocation.StartedAt);
    }

    public double CreatedAt { get; }

    /// <summary>--store-failures of the invocation.</summary>
    public bool StoresFailures => _invocation.Flags.StoreFailures;

    public string Database => _invocation.Target.Database;

    public CompiledNode? Compiled(Node node) => _compiled(node.UniqueId);

    public string? BuildPath(Node node) => Compiled(node) is { HasRun: true } ? $"{_target}/{ArtifactPaths.Run(node)}" : null;

    public string CompiledPath(Node node) => $"{_target}/{ArtifactPaths.Compiled(node)}";

    public string? PackageRoot(string package) => _invocation.FindPackage(package)?.Root;

    public IEnumerable<Node> TestsOf(string uniqueId) => _tests[uniqueId];

    /// <summary>Unique ids of the macros that the node itself calls.</summary>
    public IReadOnlyList<string> Macros(Node node) => _macros.Of(node);

    /// <summary>Unique ids of the macros that a macro calls.</summary>
    public IReadOnlyList<string> Macros(MacroNode macro) => _macros.Of(macro);

    /// <summary>What semantic_manifest.json says of a semantic model, a metric or a saved query.</summary>
    public JsonObject? Semantics(Node node) => _semantics.Value.GetValueOrDefault((node.ResourceType, node.Name));

    /// <summary>The entry of the properties file that a generic test is written below: <c>models.orders</c>.</summary>
    public string? FileKeyName(TestMetadata test)
    {
        if (test.AttachedNode is not { } id || !_project.Graph.Contains(id))
        {
            return null;
        }

        var node = _project.Graph[id];
        return node.Source is { } source
            ? $"sources.{source.SourceName}"
            : $"{(node.ResourceType is ResourceType.Model ? "models" : node.ResourceType is ResourceType.Seed ? "seeds" : "snapshots")}.{node.Name}";
    }

    /// <summary>The place of a hook, as dbt counts: among its project's hooks of that kind from 0, among those that ran from 1.</summary>
    public int HookIndex(Node hook)
    {
        var hooks = _project.OnRunStart.Contains(hook) ? _project.OnRunStart : _project.OnRunEnd;
        var before = hooks.TakeWhile(other => other != hook);
        return Compiled(hook) is null ? before.Count(other => other.PackageName == hook.PackageName) : before.Count() + 1;
    }

    /// <summary>The entry of a table's source, as written.</summary>
    public YamlValue? SourceEntry(Node node) => _sources.Value.GetValueOrDefault((node.PackageName, node.Source!.SourceName));

    /// <summary><c>time_spine:</c> of a model's properties.</summary>
    public object? TimeSpine(Node node) => _timeSpines.Value.GetValueOrDefault((node.PackageName, node.Name));

    private static object? Spine(YamlValue entry) => new Dictionary<string, object?>
    {
        ["standard_granularity_column"] = entry.Text("standard_granularity_column"),
        ["custom_granularities"] = (entry["custom_granularities"]?.Items ?? []).Select(granularity => new Dictionary<string, object?>
        {
            ["name"] = granularity.Text("name"), ["column_name"] = granularity.Text("column_name"),
        }).ToList(),
    };

    private static Dictionary<(ResourceType Type, string Name), JsonObject> Semantics(ParsedProject project)
    {
        var errors = new ProjectErrors();
        var manifest = SemanticManifest.Make(project, errors);
        errors.ThrowIfAny();
        return Entries("semantic_models", ResourceType.SemanticModel).Concat(Entries("metrics", ResourceType.Metric))
            .Concat(Entries("saved_queries", ResourceType.SavedQuery)).DistinctBy(entry => entry.Key).ToDictionary(entry => entry.Key, entry => entry.Value);

        IEnumerable<KeyValuePair<(ResourceType, string), JsonObject>> Entries(string section, ResourceType type) =>
            manifest.Json[section]!.AsArray().OfType<JsonObject>().Select(entry => KeyValuePair.Create((type, entry["name"]!.GetValue<string>()), entry));
    }
}
