using Platform.Worker.Transform;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary><c>dbt_build</c>: builds and tests the dbt project for a range of data dates and publishes it, or fails and publishes nothing.</summary>
internal sealed class BuildTask(TransformEngine engine, TaskInputs inputs) : IBatchTask
{
    public string Name => "dbt_build";

    public async Task<TaskOutcome> RunAsync(DataDateRange range, CancellationToken cancellationToken)
    {
        var build = await engine.BuildAsync(new BuildRequest { From = range.From, To = range.To }, progress: null, cancellationToken);
        if (!build.Success)
        {
            throw new BuildFailedException(build);
        }
        return new TaskOutcome(
            build.RowsAffected, new { range.From, range.To, build.InvocationId, build.PublicationId, build.Summary })
        {
            Inputs = await inputs.OfBuildAsync(range, build.InvocationId, cancellationToken),
        };
    }
}

/// <summary>Nodes of a build failed, so nothing was published: readers go on with what was published before.</summary>
internal sealed class BuildFailedException(BuildResult build) : DataFaultException(Describe(build))
{
    private const int Shown = 5;

    public BuildResult Build { get; } = build;

    private static string Describe(BuildResult build)
    {
        var failures = build.Failures.ToList();
        var shown = failures.Take(Shown).Select(node => $"{node.ResourceType} {node.Name}: {node.Message ?? $"{node.Failures} failing rows"}");
        var more = failures.Count > Shown ? $"; and {failures.Count - Shown} more" : "";
        return $"{build.Summary}; {string.Join("; ", shown)}{more}. Nothing was published; see meta.node_result, invocation {build.InvocationId}.";
    }
}
