using System.Text.Json;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>The first rows that nodes, or SQL of the command line, give; nothing is made in the warehouse.</summary>
internal static class ShowVerb
{
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var arguments = run.Arguments;
        if (arguments.Inline is null && run.Request.Select.Count == 0 && run.Request.Selector is null)
        {
            throw new TransformException(new SourceLocation("show"), "Either --select or --inline must be passed to show");
        }

        var build = await run.PrepareAsync(arguments.Inline is null ? run.Request : run.Request with { Nodes = new HashSet<string>() }, cancellationToken);
        IReadOnlyList<NodeRun> nodes = arguments.Inline is { } sql ? [InlineNode.Query(build, sql)] : [.. build.Runs];
        if (nodes.Count == 0)
        {
            run.Log.Warn("NothingToDo", default, "Nothing to do. Try checking your model configs and model specification args");
            return true;
        }

        run.Summary.Concurrency(build.Invocation.Target.Threads, build.Invocation.Target.Name);
        var shown = new Dictionary<string, ShowExecution>();
        var limit = arguments.Limit < 0 ? (int?)null : arguments.Limit;
        var started = run.Time.GetTimestamp();
        var results = await run.Engine.RunEachAsync(
            build, nodes, (node, session) => shown[node.Node.UniqueId] = new ShowExecution(build, node, session, limit, cancellationToken), cancellationToken);
        var artifacts = new ArtifactsFolder(arguments, run.Time);
        artifacts.WriteManifest(build);
        artifacts.WriteResults(build, new BuildResult(true, build.Invocation.Id, null, results, run.Time.GetElapsedTime(started)));
        if (results.FirstOrDefault(result => result.IsFailure) is { } failed)
        {
            throw new ConfigurationFaultException(failed.Message ?? failed.Status.Word());
        }

        foreach (var node in nodes)
        {
            Tell(run, node, shown[node.Node.UniqueId].Rows!);
        }

        return true;
    }

    private static void Tell(VerbRun run, NodeRun node, QueryResult rows)
    {
        var arguments = run.Arguments;
        var isInline = arguments.Inline is not null;
        var name = node.Node.Version is { } version ? $"{node.Node.Name}.v{version}" : node.Node.Name;
        var isJson = arguments.Output == "json";
        var preview = isJson ? JsonSerializer.Serialize(JsonRows.Of(rows), JsonRows.Indented) : TextTable.Of(rows);
        var text = isJson
            ? JsonSerializer.Serialize(
                isInline ? new Dictionary<string, object?> { ["show"] = JsonRows.Of(rows) } : new Dictionary<string, object?> { ["node"] = name, ["show"] = JsonRows.Of(rows) },
                JsonRows.Indented)
            : arguments.Flags.Quiet ? preview
            : isInline ? $"Previewing inline node:\n{preview}"
            : $"Previewing node '{name}':\n{preview}";
        run.Log.Shown("ShowNode", "Q041", text, new Dictionary<string, object?>
        {
            ["node_name"] = name,
            ["preview"] = preview,
            ["is_inline"] = isInline,
            ["output_format"] = arguments.Output ?? "text",
            ["unique_id"] = node.Node.UniqueId,
        });
    }
}
