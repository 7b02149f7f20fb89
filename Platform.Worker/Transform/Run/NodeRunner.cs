using System.Text.Json;
using Npgsql;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Runs one node on one session: compiles it and calls its materialization. A node that fails is a result; an outage of the warehouse and
/// a cancellation are exceptions, and end the build.
/// </summary>
internal sealed class NodeRunner(BuildState build, TimeProvider time, CancellationToken cancellationToken)
{
    public NodeResult Run(NodeRun run, PostgresSession session)
    {
        var started = time.GetTimestamp();
        var outcome = new Outcome(NodeStatus.Error);
        try
        {
            outcome = run.Node.ResourceType switch
            {
                ResourceType.Test => RunTest(run, session),
                ResourceType.Operation => RunOperation(run, session),
                _ => RunModel(run, session),
            };
        }
        catch (Exception fault) when (Describe(fault, run) is { } error)
        {
            outcome = new Outcome(NodeStatus.Error) { Message = error.ToString() };
        }
        finally
        {
            session.Rollback();
        }

        return run.Result = new NodeResult
        {
            UniqueId = run.Node.UniqueId,
            Name = run.Node.Name,
            ResourceType = run.Node.ResourceTypeName,
            Status = outcome.Status,
            Duration = time.GetElapsedTime(started),
            RowsAffected = outcome.Rows,
            Failures = outcome.Failures,
            Message = outcome.Message,
            CompiledSha256 = run.CompiledCode is null ? null : ProjectParser.Sha256(run.CompiledCode),
        };
    }

    private readonly record struct Outcome(NodeStatus Status)
    {
        public long? Rows { get; init; }

        public long? Failures { get; init; }

        public string? Message { get; init; }
    }

    private Outcome RunModel(NodeRun run, PostgresSession session)
    {
        var outcome = Materialize(run, session);
        if (outcome is null)
        {
            // The model's columns changed, so new rows cannot be merged into the published ones: build it from nothing.
            session.Rollback();
            run.FullRefresh = true;
            run.Delta = null;
            run.PublishSql = null;
            outcome = Materialize(run, session);
        }

        return outcome ?? throw new TransformException(run.Node.At, $"the materialization of '{run.Node.Name}' asks for a full refresh again and again.");
    }

    /// <returns>null when the node has to be built again with a full refresh.</returns>
    private Outcome? Materialize(NodeRun run, PostgresSession session)
    {
        var node = run.Node;
        var context = new RunContext(build, node, run, session);
        using var state = context.CreateState(cancellationToken);
        if (BuildsDelta(run, session))
        {
            // The model's SQL reads what is published as {{ this }}; hooks work on the new rows.
            run.Delta = CandidateNames.DeltaOf(run.Relation);
            context.This = run.Published;
        }

        run.CompiledCode = node.ResourceType is ResourceType.Seed ? null : NodeCompiler.Compile(context, state, build, session);
        var name = node.Config.Materialized;
        var macro = build.Invocation.Macros.Materialization(node.PackageName, name)
            ?? throw new TransformException(
                node.At,
                $"'{name}' is no materialization: there is no {{% materialization {name}, default %}} in the project. "
                + "Use view, table, incremental or ephemeral, or write one.");

        context.This = run.Delta ?? run.Relation;
        context.Define("this", RelationValue.Of(context.This));
        context.Define("model", NodeDictionary.Of(node, run.CompiledCode));
        context.Define("sql", run.CompiledCode);
        context.Define("compiled_code", run.CompiledCode);
        context.Define("pre_hooks", Hooks(node.Config["pre-hook"]));
        context.Define("post_hooks", Hooks(node.Config["post-hook"]));
        if (run.Delta is { } delta)
        {
            context.Define("delta", DictValue.From(new Dictionary<string, Value>
            {
                ["published"] = RelationValue.Of(run.Published with { Type = RelationType.Table }),
                ["table"] = RelationValue.Of(delta),
                ["view"] = RelationValue.Of(run.Relation),
            }));
        }

        var result = state.Call(macro);
        session.Flush();
        if (result.As<DictValue>() is { } answer && answer.TryGetValue("full_refresh", out var again) && again.IsTrue)
        {
            return null;
        }

        if (build.BuildsCandidates && build.Relations.Find(run.Relation.Schema!, run.Relation.Identifier!)?.Type is RelationType.Table)
        {
            // Nodes downstream and, once it is published, readers query it at once; autovacuum would come too late.
            session.Execute($"analyze {run.Relation.Qualified}");
        }

        var response = context.Response("main");
        return new Outcome(NodeStatus.Success) { Rows = response?.RowsAffected, Message = response?.Message };
    }

    private bool BuildsDelta(NodeRun run, PostgresSession session) =>
        build.BuildsCandidates
        && run.Node.Config.Materialized == "incremental"
        && !run.FullRefresh
        && !(run.Node.Config.FullRefresh ?? build.Request.FullRefresh)
        && build.Relations.Find(session, run.Published.Schema!, run.Published.Identifier!)?.Type is RelationType.Table;

    private Outcome RunTest(NodeRun run, PostgresSession session)
    {
        var node = run.Node;
        var context = new RunContext(build, node, run, session);
        using var state = context.CreateState(cancellationToken);
        run.CompiledCode = NodeCompiler.Compile(context, state, build, session);
        context.Define("sql", run.CompiledCode);
        context.Define("model", NodeDictionary.Of(node, run.CompiledCode));
        context.Define("pre_hooks", new ListValue());
        context.Define("post_hooks", new ListValue());
        state.Call(build.Invocation.Macros.Materialization(node.PackageName, "test")!);
        if (context.Table("main") is not { Rows: [[var failures, var shouldWarn, var shouldError]] })
        {
            throw new TransformException(node.At, $"test '{node.Name}' must give one row: failures, should_warn, should_error. Check fail_calc.");
        }

        long? count = failures.IsNone ? 0 : failures.IsNumber ? (long)failures.AsDouble() : null;
        if (shouldError.IsTrue && !node.Config.IsWarningOnly)
        {
            return new Outcome(NodeStatus.Fail)
            {
                Failures = count, Message = $"{node.At}: got {count} {Word(count)}, configured to fail if {node.Config.Text("error_if")}{Sample(run, session)}",
            };
        }

        return shouldWarn.IsTrue
            ? new Outcome(NodeStatus.Warn) { Failures = count, Message = $"{node.At}: got {count} {Word(count)}, configured to warn if {node.Config.Text("warn_if")}" }
            : new Outcome(NodeStatus.Pass) { Failures = count };

        static string Word(long? count) => count == 1 ? "result" : "results";
    }

    /// <summary>The first rows that a failed test found, for its message.</summary>
    private static string Sample(NodeRun run, PostgresSession session)
    {
        const int rows = 3;
        try
        {
            var sample = session.Query($"select to_jsonb(sample)::text from (\n{run.CompiledCode}\n) as sample limit {rows}");
            return string.Concat(sample.Rows.Select(row => $"\n  {row[0]}"));
        }
        catch (SqlException)
        {
            // Only the sample is lost: a test may give columns of the same name, which no row of JSON can hold.
            session.Rollback();
            return "";
        }
    }

    private Outcome RunOperation(NodeRun run, PostgresSession session)
    {
        var context = new RunContext(build, run.Node, run, session);
        using var state = context.CreateState(cancellationToken);
        run.CompiledCode = NodeCompiler.Compile(context, state, build, session);
        if (run.CompiledCode.Trim().Length > 0)
        {
            session.Begin();
            session.Queue(run.CompiledCode);
            session.Commit();
        }

        session.Flush();
        return new Outcome(NodeStatus.Success);
    }

    /// <summary>Hooks as <c>run_hooks</c> takes them: text, a mapping with sql and transaction, or the JSON of one (before_begin, after_commit).</summary>
    private static ListValue Hooks(object? configured)
    {
        var hooks = new ListValue();
        foreach (var hook in configured switch { null => [], List<object?> items => items, var single => [single] })
        {
            var (sql, transaction) = hook switch
            {
                IReadOnlyDictionary<string, object?> map => (map.GetValueOrDefault("sql")?.ToString() ?? "", map.GetValueOrDefault("transaction") is not false),
                var text => FromText(text?.ToString() ?? ""),
            };
            hooks.Items.Add(DictValue.From(new Dictionary<string, Value> { ["sql"] = sql, ["transaction"] = transaction, ["index"] = hooks.Items.Count }));
        }

        return hooks;

        static (string Sql, bool Transaction) FromText(string text)
        {
            if (text.TrimStart() is not ['{', not ('{' or '%' or '#'), ..])
            {
                return (text, true);
            }

            try
            {
                using var json = JsonDocument.Parse(text);
                return (
                    json.RootElement.TryGetProperty("sql", out var sql) ? sql.GetString() ?? "" : "",
                    !json.RootElement.TryGetProperty("transaction", out var transaction) || transaction.ValueKind is not JsonValueKind.False);
            }
            catch (JsonException)
            {
                return (text, true);
            }
        }
    }

    /// <summary>The error of a node; null for faults that are not the node's.</summary>
    private static TransformError? Describe(Exception fault, NodeRun run) => fault switch
    {
        SqlException sql => SqlErrors.ToError(sql, run),
        JinjaException { InnerException: SqlException sql } => SqlErrors.ToError(sql, run),
        JinjaException { InnerException: NpgsqlException or OperationCanceledException or IOException } => null,
        JinjaException { InnerException: TransformException inner } => inner.Errors[0],
        JinjaException jinja => JinjaErrors.ToError(jinja, run.Node.At),
        TransformException transform => transform.Errors[0],
        _ => null,
    };
}
