namespace Platform.Worker.Transform.Run;

/// <summary>A statement of on-run-start or on-run-end; what its macros did counts, too, when it renders to nothing.</summary>
internal sealed class OperationExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override NodeOutcome Execute()
    {
        if (!string.IsNullOrWhiteSpace(Run.CompiledCode))
        {
            Session.Queue(Run.CompiledCode);
        }

        Session.Commit();
        Session.Flush();
        return new NodeOutcome(NodeStatus.Success);
    }
}
