using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Run.Tests;

/// <summary>A generic or singular test: one query that counts what is wrong.</summary>
internal sealed class TestExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    public override NodeOutcome Execute()
    {
        var node = Run.Node;
        Context.Define("sql", Run.CompiledCode);
        Context.Define("model", NodeDictionary.Of(node, Run.CompiledCode));
        Context.Define("pre_hooks", new ListValue());
        Context.Define("post_hooks", new ListValue());
        State.Call(Build.Invocation.Macros.Materialization(node.PackageName, "test")!);
        if (Context.Table("main") is not { Rows: [[var failures, var shouldWarn, var shouldError]] })
        {
            throw new TransformException(node.At, $"test '{node.Name}' must give one row: failures, should_warn, should_error. Check fail_calc.");
        }

        long? count = failures.IsNone ? 0 : failures.IsNumber ? (long)failures.AsDouble() : null;
        if (shouldError.IsTrue && !node.Config.IsWarningOnly)
        {
            return new NodeOutcome(NodeStatus.Fail)
            {
                Failures = count, Message = $"{node.At}: got {count} {Word(count)}, configured to fail if {node.Config.Text("error_if")}{Sample()}",
            };
        }

        return shouldWarn.IsTrue
            ? new NodeOutcome(NodeStatus.Warn)
            {
                Failures = count, Message = $"{node.At}: got {count} {Word(count)}, configured to warn if {node.Config.Text("warn_if")}",
            }
            : new NodeOutcome(NodeStatus.Pass) { Failures = count };

        static string Word(long? count) => count == 1 ? "result" : "results";
    }

    /// <summary>The first rows that a failed test found, for its message.</summary>
    private string Sample()
    {
        const int rows = 3;
        try
        {
            var sample = Session.Query($"select to_jsonb(sample)::text from (\n{Run.CompiledCode}\n) as sample limit {rows}");
            return string.Concat(sample.Rows.Select(row => $"\n  {row[0]}"));
        }
        catch (SqlException)
        {
            // Only the sample is lost: a test may give columns of the same name, which no row of JSON can hold.
            Session.Rollback();
            return "";
        }
    }
}
