using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// One macro called by itself: the verb run-operation. As with dbt's driver every statement is part of a transaction, and what the macro
/// does not commit is rolled back at its end.
/// </summary>
internal sealed class MacroExecution(
    BuildState build, NodeRun run, PostgresSession session, MacroDefinition macro, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override void Compile()
    {
    }

    public override NodeOutcome Execute()
    {
        Session.BeginsTransactions = true;
        try
        {
            State.Call(macro, new Arguments(null, [.. arguments.Select(argument => new NamedValue(argument.Key, Value.FromClr(argument.Value)))]));
            Session.Flush();
        }
        finally
        {
            Session.BeginsTransactions = false;
        }

        return new NodeOutcome(NodeStatus.Success);
    }
}
