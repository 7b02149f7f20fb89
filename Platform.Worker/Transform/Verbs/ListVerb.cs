using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Lists the selected resources: as selectors (default), names, paths or JSON.</summary>
internal static class ListVerb
{
    private static readonly string[] DefaultKeys =
        ["alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name", "original_file_path", "unique_id"];

    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.Engine.PrepareAsync(run.Request with { InvocationId = run.Log.InvocationId }, run.Log, cancellationToken);
        new ArtifactsFolder(run.Arguments, run.Time).WriteManifest(build);
        var nodes = build.Selected.Order(StringComparer.Ordinal).Select(id => build.Project.Graph[id]).ToList();
        if (nodes.Count == 0)
        {
            run.Log.Warn("NoNodesSelected", default, "No nodes selected!");
            return true;
        }

        var format = Format(run.Arguments, build);
        foreach (var node in nodes)
        {
            run.Log.Result(format(node));
        }

        return true;
    }

    private static Func<Node, string> Format(VerbArguments arguments, BuildState build) => arguments.Output switch
    {
        "name" => SearchName,
        "path" => node => node.OriginalFilePath,
        "json" => Json(arguments, build),
        _ => Selector,
    };

    private static string Selector(Node node) => node.ResourceType switch
    {
        ResourceType.Source => $"source:{node.PackageName}.{node.Source!.SourceName}.{node.Name}",
        ResourceType.Exposure or ResourceType.Metric or ResourceType.SavedQuery or ResourceType.SemanticModel =>
            $"{node.ResourceTypeName}:{node.PackageName}.{node.Name}",
        ResourceType.UnitTest => $"unit_test:{node.PackageName}.{node.Name}{(node.UnitTest?.Version is { } version ? $"_v{version}" : "")}",
        _ => string.Join('.', node.Fqn),
    };

    private static string SearchName(Node node) =>
        node.Source is { } source ? $"{source.SourceName}.{node.Name}"
        : node.Version is { } version ? $"{node.Name}.v{version}"
        : node.Name;

    private static Func<Node, string> Json(VerbArguments arguments, BuildState build)
    {
        var context = new ManifestContext(build.Project, build.Invocation);
        return node =>
        {
            var all = ManifestResources.Of(node, context);
            var keys = arguments.OutputKeys.Count > 0 ? arguments.OutputKeys : DefaultKeys;
            var shown = new Dictionary<string, object?>();
            foreach (var key in arguments.OutputKeys.Count > 0 ? keys : all.Keys.Where(keys.Contains))
            {
                if (TryGet(all, key, out var value) && (value is not null || !key.Contains('.')))
                {
                    shown[key] = value;
                }
            }

            return ArtifactJson.SerializeSpaced(shown);
        };
    }

    /// <summary>A key, or a path of keys ("config.materialized").</summary>
    private static bool TryGet(IReadOnlyDictionary<string, object?> all, string path, out object? value)
    {
        value = all;
        foreach (var key in path.Split('.'))
        {
            if (value is not IReadOnlyDictionary<string, object?> map || !map.TryGetValue(key, out value))
            {
                value = null;
                return false;
            }
        }

        return true;
    }
}
