namespace Platform.Worker.Transform.Verbs;

/// <summary>Reads the whole project and writes its manifest; asks nothing of the warehouse.</summary>
internal static class ParseVerb
{
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request, cancellationToken);
        new ArtifactsFolder(run.Arguments, run.Time).WriteManifest(build);
        return true;
    }
}
