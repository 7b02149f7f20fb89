using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>One node on one session, in dbt's two phases: its SQL is rendered, then run. Each kind of node has its own execution.</summary>
internal abstract class NodeExecution : IDisposable
{
    /// <param name="build">The build.</param>
    /// <param name="run">The node's run.</param>
    /// <param name="session">The session that runs it.</param>
    /// <param name="cancellationToken">Stops rendering and statements.</param>
    /// <param name="node">The node as its materialization sees it, when that is more than the parser knows.</param>
    protected NodeExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken, Node? node = null)
    {
        (Build, Run, Session) = (build, run, session);
        Context = new RunContext(build, node ?? run.Node, run, session);
        foreach (var (name, value) in run.Names)
        {
            Context.Define(name, value);
        }

        State = Context.CreateState(cancellationToken);
    }

    protected BuildState Build { get; }

    protected NodeRun Run { get; }

    protected PostgresSession Session { get; }

    protected RunContext Context { get; }

    protected RenderState State { get; }

    /// <summary>Renders the node's SQL into <see cref="NodeRun.CompiledCode"/>.</summary>
    public virtual void Compile() => Run.CompiledCode = NodeCompiler.Compile(Context, State, Build, Session);

    public abstract NodeOutcome Execute();

    public void Dispose() => State.Dispose();
}
