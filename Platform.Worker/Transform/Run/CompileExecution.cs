using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>A node that is rendered and not run: the verb compile.</summary>
internal sealed class CompileExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override void Compile()
    {
        if (Run.Node.ResourceType is not ResourceType.Seed)
        {
            base.Compile();
        }
    }

    public override NodeOutcome Execute() => new(NodeStatus.Success);
}
