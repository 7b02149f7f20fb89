using Npgsql;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Selected nodes over the graph: build, run, test, seed, snapshot, clone, and what compile and docs generate have of it.</summary>
internal static class BuildVerb
{
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken) =>
        await RunAsync(run, await run.PrepareAsync(run.Request, cancellationToken), cancellationToken);

    /// <returns>True when every node went well.</returns>
    public static async Task<bool> RunAsync(VerbRun run, BuildState build, CancellationToken cancellationToken)
    {
        var artifacts = new ArtifactsFolder(run.Arguments, run.Time);
        BuildResult result;
        try
        {
            if (build.Selected.Count == 0)
            {
                run.Log.Warn("NothingToDo", default, "Nothing to do. Try checking your model configs and model specification args");
                artifacts.WriteResults(build, new BuildResult(true, build.Invocation.Id, null, [], TimeSpan.Zero));
                return true;
            }

            var target = build.Invocation.Target;
            run.Summary.Concurrency(target.Threads, target.Name);
            UnpinnedRefs.Tell(run.Log, build);
            result = await RunAsync(run, build, artifacts, Compiles(run) ? null : new ResultLines(run.Log, build.Project), cancellationToken);
            // The server answers while the files are written.
            var lineage = artifacts.WriteLineageAsync(build, run.Engine, cancellationToken);
            artifacts.WriteCompiled(build);
            artifacts.WriteResults(build, result);
            await EndAsync(lineage, run, result);
        }
        finally
        {
            artifacts.WriteManifest(build);
        }

        if (!Compiles(run))
        {
            run.Summary.Finished(build, result);
        }

        if (run.Arguments.Show)
        {
            await SeedSamples.ShowAsync(run, build, cancellationToken);
        }

        if (!Compiles(run) || !result.Success)
        {
            run.Summary.End(build, result.Nodes, run.Arguments.ShownTargetDirectory);
        }

        return result.Nodes.All(node => !node.IsFailure && (node.Status is not NodeStatus.Skipped || node.ResourceType == "exposure"));
    }

    /// <summary>Runs the nodes. When that is cut short, what had ended can be looked at and retried from all the same;
    /// when nothing had, the results of the run before stay, to be retried again.</summary>
    private static async Task<BuildResult> RunAsync(
        VerbRun run, BuildState build, ArtifactsFolder artifacts, IProgress<NodeEvent>? progress, CancellationToken cancellationToken)
    {
        var started = run.Time.GetTimestamp();
        try
        {
            return await run.Engine.RunAsync(build, progress, cancellationToken);
        }
        catch (Exception fault)
        {
            var nodes = build.Runs.Select(node => node.Result).OfType<NodeResult>().ToList();
            List<NodeResult> ended = [.. nodes.Concat(build.Hooks.Values.Select(hook => hook.Result).OfType<NodeResult>()).OrderBy(node => node.Execute?.CompletedAt)];
            if (nodes.Count > 0)
            {
                artifacts.WriteResults(build, new BuildResult(false, build.Invocation.Id, null, ended, run.Time.GetElapsedTime(started)));
            }

            if (fault is OperationCanceledException && !Compiles(run))
            {
                run.Summary.End(build, ended, null, interrupted: true);
            }

            throw;
        }
    }

    /// <summary>Waits for the lineage. A warehouse that went away takes it along, not the results.</summary>
    private static async Task EndAsync(Task lineage, VerbRun run, BuildResult result)
    {
        try
        {
            await lineage;
        }
        catch (NpgsqlException fault)
        {
            if (result.Success)
            {
                run.Log.Warn("LineageNotRead", default, $"The column lineage could not be read: {fault.Message}");
            }
        }
    }

    private static bool Compiles(VerbRun run) => run.Arguments.Verb is TransformVerb.Compile or TransformVerb.DocsGenerate;
}
