using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>A node's query, limited, its rows kept and nothing made: the verb show.</summary>
internal sealed class ShowExecution(BuildState build, NodeRun run, PostgresSession session, int? limit, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    private const string Macro = "get_show_sql";

    /// <summary>The rows, once it has run.</summary>
    public QueryResult? Rows { get; private set; }

    public override NodeOutcome Execute()
    {
        var macro = Build.Invocation.Macros.Find(Run.Node.PackageName, Macro)
            ?? throw new TransformException(Run.Node.At, $"the macro '{Macro}' is not there, which belongs to the package dbt.");
        if (Run.Node.ResourceType is ResourceType.Seed)
        {
            Run.CompiledCode = $"select * from {Run.Relation.Render()}";
        }

        var header = Run.Node.Config["sql_header"];
        Run.CompiledCode = State.Call(
            macro,
            new Arguments(null,
            [
                new NamedValue("compiled_code", Run.CompiledCode), new NamedValue("sql_header", Value.FromClr(header)),
                new NamedValue("limit", limit is { } rows ? Value.From(rows) : Value.None),
            ])).ToString();
        Rows = Session.Query(Run.CompiledCode!);
        return new NodeOutcome(NodeStatus.Success);
    }
}
