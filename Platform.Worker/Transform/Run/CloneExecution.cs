using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Run;

/// <summary>The verb clone: the node's relation of another state appears here, which on PostgreSQL is a view of it.</summary>
internal sealed class CloneExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override void Compile()
    {
    }

    public override NodeOutcome Execute()
    {
        var other = Build.Deferral?.Find(Run.Node);
        Context.Define("defer_relation", RelationValue.Of(other));
        Context.Define("sql", other is null ? Value.None : $"select * from {other}");
        Context.Define("model", NodeDictionary.Of(Run.Node));
        Context.Define("pre_hooks", NodeHooks.Parse(Run.Node.Config["pre-hook"]));
        Context.Define("post_hooks", NodeHooks.Parse(Run.Node.Config["post-hook"]));
        State.Call(Build.Invocation.Macros.Materialization(Run.Node.PackageName, "clone")!);
        Session.Flush();
        return Context.Response("main") is { } response
            ? new NodeOutcome(NodeStatus.Success) { Response = response.ToAdapterResponse() }
            : new NodeOutcome(NodeStatus.Success) { Message = "No-op" };
    }
}
