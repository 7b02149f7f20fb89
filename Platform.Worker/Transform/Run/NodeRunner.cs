using System.Diagnostics;
using Npgsql;
using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Freshness;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run.Tests;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Runs one node on one session and takes its time. A node that fails is a result; an outage of the warehouse and a cancellation are
/// exceptions, and end the build.
/// </summary>
/// <param name="build">The build.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellationToken">Ends the node.</param>
/// <param name="create">Makes another execution than the node's own, for verbs that only look.</param>
internal sealed class NodeRunner(
    BuildState build, TimeProvider time, CancellationToken cancellationToken, Func<NodeRun, PostgresSession, NodeExecution>? create = null)
{
    public NodeResult Run(NodeRun run, PostgresSession session)
    {
        using var activity = TransformTelemetry.Source.StartActivity(run.Node.Name);
        var started = time.GetTimestamp();
        var outcome = new NodeOutcome(NodeStatus.Error);
        try
        {
            session.Observer = build.OnStatement is { } told ? sql => told(run, sql) : null;
            session.BeginNode();
            session.DefersBegin = run.Node.ResourceType is ResourceType.Test or ResourceType.UnitTest;
            outcome = Execute(run, session);
        }
        catch (Exception fault) when (Ephemeral(fault) is { } ephemeral && Describe(ephemeral.InnerException!, run) is { } error)
        {
            var model = ephemeral.Model;
            outcome = new NodeOutcome(NodeStatus.Skipped)
            {
                Message = $"skipped because the ephemeral model '{model.Name}' does not compile:\n"
                    + error.Of(model.ResourceTypeName, model.Name, model.OriginalFilePath),
                IsSkippedByFault = true,
            };
        }
        catch (Exception fault) when (Describe(fault, run) is { } error)
        {
            if (run.EndsRun && run.CompiledCode is null)
            {
                throw new TransformException([error], fault);
            }

            var status = run.Node.ResourceType is ResourceType.Source ? NodeStatus.RuntimeError : NodeStatus.Error;
            outcome = new NodeOutcome(status) { Message = error.Of(run.Node.ResourceTypeName, run.Node.Name, run.Node.OriginalFilePath) };
        }
        finally
        {
            session.Rollback();
        }

        run.Result = Result(run, outcome, time.GetElapsedTime(started), session.Thread);
        if (activity is not null)
        {
            Describe(activity, run, run.Result);
        }

        return run.Result;
    }

    /// <summary>The batches of a microbatch model, or the result that says why it has none.</summary>
    public (MicrobatchRun? Run, NodeResult? Failure) Plan(NodeRun run, PostgresSession session)
    {
        try
        {
            return (new Microbatches(build).Plan(run, session), null);
        }
        catch (TransformException fault)
        {
            return (null, Result(run, new NodeOutcome(NodeStatus.Error) { Message = fault.Errors[0].ToString() }, TimeSpan.Zero, session.Thread));
        }
    }

    /// <summary>The result of a node that has ended, or that was never begun.</summary>
    public static NodeResult Result(NodeRun run, NodeOutcome outcome, TimeSpan duration, int thread) => new()
    {
        UniqueId = run.Node.UniqueId,
        Name = run.Node.Name,
        ResourceType = run.Node.ResourceTypeName,
        Status = outcome.Status,
        Duration = duration,
        RowsAffected = run.Node.IsRelational && outcome.Response?.RowsAffected is >= 0 and var rows ? rows : null,
        Failures = outcome.Failures,
        Message = outcome.Message ?? (outcome.Status is NodeStatus.Pass ? null : outcome.Response?.Message),
        CompiledSha256 = run.CompiledCode is null ? null : ProjectParser.Sha256(run.CompiledCode),
        Compile = run.CompileTiming,
        Execute = run.ExecuteTiming,
        Thread = thread,
        AdapterResponse = outcome.Response,
        RelationName = run.Node.IsRelational || run.KeepsFailures ? run.Published.ToString() : null,
        CompiledCode = run.CompiledCode,
        IsSkippedByFault = outcome.IsSkippedByFault,
    };

    private static void Describe(Activity activity, NodeRun run, NodeResult result)
    {
        activity.SetTag(TransformTelemetry.Node, result.UniqueId).SetTag(TransformTelemetry.ResourceType, result.ResourceType)
            .SetTag(TransformTelemetry.Status, result.Status.Word()).SetTag(TransformTelemetry.Rows, result.RowsAffected)
            .SetTag(TransformTelemetry.Failures, result.Failures).SetTag("platform.batch", run.Batch?.Name);
        if (result.IsFailure)
        {
            activity.SetStatus(ActivityStatusCode.Error, result.Message);
        }
    }

    private NodeOutcome Execute(NodeRun run, PostgresSession session)
    {
        var outcome = Phases(run, session);
        run.AsksForRebuild = outcome.AsksForRebuild;
        if (outcome.AsksForRebuild && run.Batch is null)
        {
            session.Rollback();
            (run.FullRefresh, run.Delta, run.PublishSql, run.AsksForRebuild) = (true, null, null, false);
            outcome = Phases(run, session);
        }

        return outcome.AsksForRebuild && run.FullRefresh
            ? throw new TransformException(run.Node.At, $"the materialization of '{run.Node.Name}' asks for a full refresh again and again.")
            : outcome;
    }

    private NodeOutcome Phases(NodeRun run, PostgresSession session)
    {
        using var execution = create?.Invoke(run, session) ?? Create(run, session);
        var started = time.GetUtcNow();
        var compiled = started;
        try
        {
            execution.Compile();
        }
        finally
        {
            compiled = time.GetUtcNow();
            run.CompileTiming = new NodeTiming(started, compiled);
        }

        try
        {
            return execution.Execute();
        }
        finally
        {
            run.ExecuteTiming = new NodeTiming(compiled, time.GetUtcNow());
        }
    }

    private NodeExecution Create(NodeRun run, PostgresSession session) => run.Node.ResourceType switch
    {
        ResourceType.Exposure or ResourceType.SavedQuery => new NoOpExecution(build, run, session, cancellationToken),
        _ when build.Request.Verb is TransformVerb.Compile or TransformVerb.DocsGenerate =>
            new CompileExecution(build, run, session, cancellationToken),
        not ResourceType.Operation when build.Request.Verb is TransformVerb.Clone => new CloneExecution(build, run, session, cancellationToken),
        ResourceType.Test => new TestExecution(build, run, session, cancellationToken),
        ResourceType.Source => new FreshnessExecution(build, run, session, cancellationToken),
        ResourceType.UnitTest => new UnitTestExecution(build, run, session, cancellationToken),
        ResourceType.Operation => new OperationExecution(build, run, session, cancellationToken),
        _ => new ModelExecution(build, run, session, cancellationToken),
    };

    private static EphemeralFault? Ephemeral(Exception fault) => fault as EphemeralFault ?? fault.InnerException as EphemeralFault;

    /// <summary>The error of a node; null for faults that are not the node's.</summary>
    private TransformError? Describe(Exception fault, NodeRun run) => fault switch
    {
        SqlException sql => SqlErrors.ToError(sql, run),
        JinjaException { InnerException: SqlException sql } => SqlErrors.ToError(sql, run),
        JinjaException { InnerException: NpgsqlException or OperationCanceledException or IOException } => null,
        JinjaException { InnerException: TransformException inner } => inner.Errors[0],
        JinjaException jinja => JinjaErrors.ToError(jinja, run.Node.At, build.Invocation.Macros),
        TransformException transform => transform.Errors[0],
        _ => null,
    };
}
