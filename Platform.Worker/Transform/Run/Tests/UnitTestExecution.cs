using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Run.Tests;

/// <summary>A unit test (https://docs.getdbt.com/docs/build/unit-tests): the model's SQL on given rows gives the expected ones.</summary>
internal sealed class UnitTestExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken, Configured(run.Node))
{
    private readonly UnitTestDefinition _test = run.Node.UnitTest!;
    private readonly Node _model = build.Project.Graph[run.Node.UnitTest!.TestedNode];

    public override void Compile()
    {
        if (_test.Given.FirstOrDefault(given => given.IsUnknown) is { } unknown)
        {
            throw new TransformException(
                Run.Node.At,
                $"unit test '{Run.Node.Name}' has the input '{unknown.Input}', which is nothing of the project. Write ref('name'), source('source', 'table') or this.");
        }

        var context = new UnitTestContext(Build, _test, _model, Run, Session);
        using var state = context.CreateState(State.CancellationToken);
        var sql = NodeCompiler.Render(_model, state);
        Run.CompiledCode = EphemeralCtes.Inject(sql, [.. context.Inputs.Select(input => (input.Name, Fixture(input.Rows)))]);
    }

    public override NodeOutcome Execute()
    {
        Context.Define("sql", Run.CompiledCode);
        Context.Define("compiled_code", Run.CompiledCode);
        Context.Define("model", NodeDictionary.Of(Context.Node, Run.CompiledCode));
        Context.Define("pre_hooks", new ListValue());
        Context.Define("post_hooks", new ListValue());
        try
        {
            State.Call(Build.Invocation.Macros.Materialization(Run.Node.PackageName, "unit")!);
            Session.Flush();
        }
        catch (Exception fault) when ((fault as SqlException ?? fault.InnerException as SqlException) is { } refused)
        {
            var error = SqlErrors.ToError(refused, Run);
            throw new TransformException(
                [error with { Message = $"An error occurred during execution of unit test '{Run.Node.Name}'. There may be an error in the unit test definition: check the data types.\n  {error.Message}" }],
                fault);
        }

        var response = Context.Response("main")?.ToAdapterResponse();
        var difference = Context.Table("main") is { } rows
            ? UnitTestDiff.Of(rows)
            : throw new TransformException(Run.Node.At, "the materialization 'unit' runs no statement named 'main' whose rows are fetched.");
        return difference is null
            ? new NodeOutcome(NodeStatus.Pass) { Failures = 0, Response = response }
            : new NodeOutcome(NodeStatus.Fail) { Failures = 1, Response = response, Message = $"\n\nactual differs from expected:\n\n{difference}\n" };
    }

    /// <summary>The test's node with what the macros of the materialization read from its configuration.</summary>
    private static Node Configured(Node node)
    {
        var expect = node.UnitTest!.Expect;
        return node with
        {
            Config = node.Config.With(
            [
                new("materialized", "unit"),
                new("expected_rows", expect.Sql is null ? expect.Rows : null),
                new("expected_sql", expect.Sql),
            ]),
        };
    }

    /// <summary>The rows of an input as a query.</summary>
    private string Fixture(UnitTestRows rows)
    {
        var input = rows.IsThis ? _model : Build.Project.Graph[rows.InputNode!];
        var relation = rows.IsThis ? BuildState.PublishedRelation(_model) : Build.Resolve(input);
        var context = new RunContext(Build, input, Run, Session) { This = relation };
        context.Define("defer_relation", RelationValue.Of(Build.Deferral?.Find(input)));
        using var state = context.CreateState(State.CancellationToken);
        if (rows.Sql is { } sql)
        {
            return state.Render(GlobalProject.Environment.Parse(sql, Run.Node.OriginalFilePath));
        }

        var types = rows.IsThis && Build.BuildsCandidates && Build.Relations.Find(Session, relation.Schema!, relation.Identifier!) is null
            ? Value.FromClr(ModelTypes())
            : Value.None;
        var macro = Build.Invocation.Macros.Find(Run.Node.PackageName, "get_fixture_sql")!;
        return state.Call(macro, new Arguments([Value.FromClr(rows.Rows), types])).ToString();
    }

    /// <summary>
    /// The column types that the model gives when it is built from nothing: what <c>this</c> will have once it is published. Its parents are
    /// built by now.
    /// </summary>
    private Dictionary<string, object?> ModelTypes()
    {
        var context = new RunContext(Build, _model, Run, Session);
        context.Define("is_incremental", new HostFunction("is_incremental", (_, _) => Value.False));
        using var state = context.CreateState(State.CancellationToken);
        var shape = Session.Query($"select * from (\n{NodeCompiler.Compile(context, state, Build, Session)}\n) as dbt_columns limit 0");
        return shape.Columns.Zip(shape.ColumnTypes).ToDictionary(column => column.First.ToLowerInvariant(), column => (object?)column.Second);
    }
}
