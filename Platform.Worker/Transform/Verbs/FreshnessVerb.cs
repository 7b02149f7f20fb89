using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>How old the newest rows of the sources are; sources.json is the report.</summary>
internal static class FreshnessVerb
{
    /// <returns>True when no source is too old; one that warns is not.</returns>
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request, cancellationToken);
        var artifacts = new ArtifactsFolder(run.Arguments, run.Time);
        try
        {
            if (build.Selected.Count == 0)
            {
                run.Log.Warn("NothingToDo", default, "Nothing to do. Try checking your model configs and model specification args");
                artifacts.WriteSources(build, TimeSpan.Zero);
                return true;
            }

            var target = build.Invocation.Target;
            run.Summary.Concurrency(target.Threads, target.Name);
            var result = await run.Engine.RunAsync(build, new ResultLines(run.Log, build.Project), cancellationToken);
            artifacts.WriteSources(build, result.Duration);
            run.Summary.Finished(build, result);
            run.Summary.Failures(build, [.. result.Nodes.Where(node => node.IsFailure)], null);
            run.Log.Info("FreshnessCheckComplete", "Q003", "Done.");
            return result.Success;
        }
        finally
        {
            artifacts.WriteManifest(build);
        }
    }
}
