using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// One macro called by itself: the verb run-operation. A statement outside of a transaction stands for itself, as <c>run_query()</c> sends them;
/// a transaction that the macro begins and does not commit is rolled back at its end.
/// </summary>
internal sealed class MacroExecution(
    BuildState build, NodeRun run, PostgresSession session, MacroDefinition macro, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    /// <summary>What the macro returned, once it has run.</summary>
    public Value Answer { get; private set; } = Value.None;

    public override void Compile()
    {
    }

    public override NodeOutcome Execute()
    {
        Answer = State.Call(macro, new Arguments(null, [.. arguments.Select(argument => new NamedValue(argument.Key, Value.FromClr(argument.Value)))]));
        Session.Flush();
        return new NodeOutcome(NodeStatus.Success);
    }
}
