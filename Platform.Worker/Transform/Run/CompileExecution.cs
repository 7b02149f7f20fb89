using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>A node that is rendered and not run: the verb compile.</summary>
internal sealed class CompileExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override void Compile()
    {
        if (Run.Node.ResourceType is ResourceType.Seed)
        {
            return;
        }

        if (!Build.Invocation.Flags.Introspect)
        {
            Session.Flush();
            Session.Observer = _ => throw new TransformException(
                Run.Node.At,
                $"connection never acquired: '{Run.Node.Name}' asks the warehouse while it is compiled. Guard the query with 'if flags.INTROSPECT', or leave out --no-introspect.");
        }

        base.Compile();
    }

    public override NodeOutcome Execute() => new(NodeStatus.Success);
}
