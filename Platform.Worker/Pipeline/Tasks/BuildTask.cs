using Platform.Worker.Transform;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary><c>dbt_build</c>: builds and tests the dbt project for a range of data dates and publishes it, or fails and publishes nothing.</summary>
internal sealed class BuildTask(TransformEngine engine, BuildMetrics metrics, TaskInputs inputs, WholeTests wholeTests) : IBatchTask
{
    public string Name => "dbt_build";

    public async Task<TaskOutcome> RunAsync(DataDateRange range, CancellationToken cancellationToken)
    {
        var wholeTables = await wholeTests.AreDueAsync(cancellationToken);
        var request = new BuildRequest { From = range.From, To = range.To, Vars = WholeTests.Vars(wholeTables) };
        var prepared = await engine.PrepareAsync(request, output: null, cancellationToken);
        var build = await engine.RunAsync(prepared, progress: null, cancellationToken);
        var made = new BuiltProject(prepared.Project.Graph, build);
        metrics.Built(made);
        if (!build.Success)
        {
            throw new BuildFailedException(made);
        }
        return new TaskOutcome(
            build.RowsAffected, new { range.From, range.To, TestsWholeTables = wholeTables, build.InvocationId, build.PublicationId, build.Summary })
        {
            Made = made,
            Inputs = await inputs.OfBuildAsync(range, build.InvocationId, cancellationToken),
        };
    }
}

/// <summary>Nodes of a build failed, so nothing was published: readers go on with what was published before.</summary>
internal sealed class BuildFailedException(BuiltProject made) : DataFaultException(Describe(made.Result)), IFailedTask
{
    private const int Shown = 5;

    public object Made { get; } = made;

    private static string Describe(BuildResult build)
    {
        var failures = build.Failures.ToList();
        var shown = failures.Take(Shown).Select(node => $"{node.ResourceType} {node.Name}: {node.Message ?? $"{node.Failures} failing rows"}");
        var more = failures.Count > Shown ? $"; and {failures.Count - Shown} more" : "";
        return $"{build.Summary}; {string.Join("; ", shown)}{more}. Nothing was published; see meta.node_result, invocation {build.InvocationId}.";
    }
}
