namespace Platform.Worker.Transform.Verbs;

/// <summary>Runs again what <see cref="RetryArguments"/> found.</summary>
internal static class RetryVerb
{
    public static Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken) => run.Arguments.Verb switch
    {
        TransformVerb.RunOperation when run.Request.Nodes!.Count == 0 => Task.FromResult(true),
        TransformVerb.RunOperation => RunOperationVerb.RunAsync(run, cancellationToken),
        TransformVerb.DocsGenerate => DocsGenerateVerb.RunAsync(run, cancellationToken),
        _ => BuildVerb.RunAsync(run, cancellationToken),
    };
}
