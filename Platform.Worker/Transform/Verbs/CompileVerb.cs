using System.Text.Json;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Renders nodes into the target folder; shows those that are selected by name, or SQL of the command line.</summary>
internal static class CompileVerb
{
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        if (run.Arguments.Inline is { } sql)
        {
            await InlineAsync(run, sql, cancellationToken);
            return true;
        }

        var build = await run.PrepareAsync(run.Request, cancellationToken);
        var success = await BuildVerb.RunAsync(run, build, cancellationToken);
        var names = run.Request.Select.SelectMany(criterion => criterion.Split(' ')).ToHashSet();
        foreach (var node in build.Runs.Where(node => names.Contains(node.Node.Name) && node.CompiledCode is not null))
        {
            Tell(run, node, isInline: false);
        }

        return success;
    }

    private static async Task InlineAsync(VerbRun run, string sql, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request with { Nodes = new HashSet<string>() }, cancellationToken);
        var node = InlineNode.Query(build, sql);
        run.Summary.Concurrency(build.Invocation.Target.Threads, build.Invocation.Target.Name);
        var started = run.Time.GetTimestamp();
        var results = await run.Engine.RunEachAsync(
            build, [node], (inline, session) => new CompileExecution(build, inline, session, cancellationToken), cancellationToken);
        var artifacts = new ArtifactsFolder(run.Arguments, run.Time);
        artifacts.WriteManifest(build);
        artifacts.WriteResults(build, new BuildResult(true, build.Invocation.Id, null, results, run.Time.GetElapsedTime(started)));
        if (results[0].IsFailure)
        {
            throw new ConfigurationFaultException($"Error parsing inline query\n{results[0].Message}");
        }

        Tell(run, node, isInline: true);
    }

    private static void Tell(VerbRun run, NodeRun node, bool isInline)
    {
        var (name, sql) = (node.Node.Name, node.CompiledCode!);
        var entry = new Dictionary<string, object?>();
        if (!isInline)
        {
            entry["node"] = name;
        }

        entry["compiled"] = sql;
        var text = run.Arguments.Output == "json" ? JsonSerializer.Serialize(entry, JsonRows.Indented)
            : run.Arguments.Flags.Quiet ? sql
            : isInline ? $"Compiled inline node is:\n{sql}"
            : $"Compiled node '{name}' is:\n{sql}";
        run.Log.Shown("CompiledNode", "Q042", text, new Dictionary<string, object?>
        {
            ["node_name"] = name,
            ["compiled"] = sql,
            ["is_inline"] = isInline,
            ["output_format"] = run.Arguments.Output ?? "text",
            ["unique_id"] = node.Node.UniqueId,
        });
    }
}
