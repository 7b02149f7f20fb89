namespace Platform.Worker.Transform.Run;

/// <summary>An exposure or a saved query in a build: counted, as dbt does, and left as it is.</summary>
internal sealed class NoOpExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override void Compile()
    {
    }

    public override NodeOutcome Execute() => new(NodeStatus.NoOp) { Message = "NO-OP", Failures = 0 };
}
