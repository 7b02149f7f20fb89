using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>build, run, test, seed, snapshot, compile and clone: selected nodes over the graph.</summary>
internal static class BuildVerb
{
    /// <returns>True when no node failed.</returns>
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request, cancellationToken);
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
            result = await run.Engine.RunAsync(build, Progress(run, target.Database), cancellationToken);
            artifacts.WriteCompiled(build);
            artifacts.WriteResults(build, result);
        }
        finally
        {
            artifacts.WriteManifest(build);
        }

        if (run.Arguments.Verb is not TransformVerb.Compile)
        {
            run.Summary.Finished(build, result);
            run.Summary.End(build, result.Nodes, run.Arguments.ShownTargetDirectory);
        }
        else if (!result.Success)
        {
            run.Summary.End(build, result.Nodes, run.Arguments.ShownTargetDirectory);
        }

        return result.Nodes.All(node => !node.IsFailure && (node.Status is not NodeStatus.Skipped || node.ResourceType == "exposure"));
    }

    private static ResultLines? Progress(VerbRun run, string database) =>
        run.Arguments.Verb is TransformVerb.Compile ? null : new ResultLines(run.Log, database);
}
