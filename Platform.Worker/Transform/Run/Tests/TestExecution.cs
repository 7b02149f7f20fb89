using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Run.Tests;

/// <summary>A generic or singular test: one query that counts what is wrong, judged by the test's severity.</summary>
internal sealed class TestExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    /// <summary>The name of dbt's warning of a test, for <c>--warn-error-options</c>.</summary>
    private const string WarningName = "LogTestResult";

    public override NodeOutcome Execute()
    {
        var node = Run.Node;
        Context.Define("sql", Run.CompiledCode);
        Context.Define("compiled_code", Run.CompiledCode);
        Context.Define("model", NodeDictionary.Of(node, Run.CompiledCode));
        Context.Define("pre_hooks", new ListValue());
        Context.Define("post_hooks", new ListValue());
        State.Call(Build.Invocation.Macros.Materialization(node.PackageName, "test")!);
        Session.Flush();
        return Judge(Counts());
    }

    private NodeOutcome Judge((long Failures, bool ShouldWarn, bool ShouldError) counts)
    {
        var config = Run.Node.Config;
        var outcome = new NodeOutcome(NodeStatus.Pass) { Failures = 0, Response = Context.Response("main")?.ToAdapterResponse() };
        if (counts.ShouldError && !config.IsWarningOnly)
        {
            return outcome with { Status = NodeStatus.Fail, Failures = counts.Failures, Message = Message(counts.Failures, "fail", config.Text("error_if")) };
        }

        if (!counts.ShouldWarn)
        {
            return outcome;
        }

        var flags = Build.Invocation.Flags;
        return flags.WarnError || flags.WarnErrorOptions.IsError(WarningName)
            ? outcome with { Status = NodeStatus.Fail, Failures = counts.Failures, Message = Message(counts.Failures, "fail", config.Text("warn_if")) }
            : outcome with { Status = NodeStatus.Warn, Failures = counts.Failures, Message = Message(counts.Failures, "warn", config.Text("warn_if")) };
    }

    /// <summary>The one row that get_test_sql gives.</summary>
    private (long Failures, bool ShouldWarn, bool ShouldError) Counts()
    {
        var node = Run.Node;
        if (Context.Table("main") is not { } table)
        {
            throw new TransformException(node.At, $"test '{node.Name}' runs no statement named 'main' whose rows are fetched.");
        }

        if (table.Rows.Count != 1 || table.Columns.Count != 3)
        {
            throw new TransformException(
                node.At,
                $"test '{node.Name}' gave {table.Rows.Count} rows of {table.Columns.Count} columns, where one row of failures, should_warn and should_error is "
                + "expected. Check fail_calc, and get_test_sql if the project has its own.");
        }

        var failures = Cell("failures");
        if (!failures.IsNumber)
        {
            throw new TransformException(
                node.At,
                $"fail_calc '{node.Config.Text("fail_calc")}' of test '{node.Name}' gave {(failures.IsNone ? "null" : failures.ToString())}, no number."
                + (failures.IsNone ? " Write it so that no row gives 0: coalesce(..., 0)." : ""));
        }

        return ((long)failures.AsDouble(), Flag("should_warn"), Flag("should_error"));

        Value Cell(string column)
        {
            for (var index = 0; index < table.Columns.Count; index++)
            {
                if (table.Columns[index].Equals(column, StringComparison.OrdinalIgnoreCase))
                {
                    return table.Rows[0][index];
                }
            }

            throw new TransformException(node.At, $"get_test_sql gives no column '{column}' for test '{node.Name}'.");
        }

        // A project's own get_test_sql may say it in words.
        bool Flag(string column) => Cell(column) is var cell && cell.IsString
            ? cell.AsString().ToUpperInvariant() switch
            {
                "Y" or "YES" or "T" or "TRUE" or "ON" or "1" => true,
                "N" or "NO" or "F" or "FALSE" or "OFF" or "0" => false,
                _ => throw new TransformException(node.At, $"get_test_sql gives {column} '{cell}' for test '{node.Name}', which is neither true nor false."),
            }
            : cell.IsTrue;
    }

    /// <summary>dbt's words; the platform's own build, which has no CLI around it, adds the place and the first rows.</summary>
    private string Message(long failures, string outcome, string? condition)
    {
        var words = $"Got {failures} {(failures == 1 ? "result" : "results")}, configured to {outcome} if {condition}";
        return Build.BuildsCandidates ? $"{Run.Node.At}: {words}{Sample()}" : words;
    }

    /// <summary>A few of the failing rows, each as JSON and cut where it gets long: this text goes into the ledger and the log.</summary>
    private string Sample()
    {
        const int rows = 5;
        const int longest = 400;
        try
        {
            var sample = Session.Query(
                $"select case when length(line) > {longest} then left(line, {longest}) || ' ...' else line end "
                + $"from (select to_jsonb(sample)::text as line from (\n{Run.CompiledCode}\n) as sample limit {rows}) as shown");
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
