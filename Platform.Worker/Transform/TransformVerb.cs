namespace Platform.Worker.Transform;

/// <summary>dbt's commands, and one of our own (https://docs.getdbt.com/reference/dbt-commands).</summary>
internal enum TransformVerb
{
    Parse,
    Compile,
    Run,
    Test,
    Build,
    Seed,
    Snapshot,
    SourceFreshness,
    List,
    DocsGenerate,
    Show,
    RunOperation,
    Clone,
    Retry,
    Deps,
    Debug,
    Clean,

    /// <summary>Not dbt's: publishes the catalogue of what was built.</summary>
    Publish,
}

internal static class TransformVerbs
{
    /// <summary>The verb as <c>flags.WHICH</c> and run_results.json name it.</summary>
    public static string Which(this TransformVerb verb) => verb switch
    {
        TransformVerb.SourceFreshness => "freshness",
        TransformVerb.DocsGenerate => "generate",
        TransformVerb.RunOperation => "run-operation",
        _ => verb.ToString().ToLowerInvariant(),
    };

    /// <summary>The verb whose <see cref="Which"/> this is; null for any other word.</summary>
    public static TransformVerb? Find(string which) =>
        Enum.GetValues<TransformVerb>().Select(verb => (TransformVerb?)verb).FirstOrDefault(verb => verb!.Value.Which() == which);
}
