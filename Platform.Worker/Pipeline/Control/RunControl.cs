using Npgsql;
using Platform.Worker.Pipeline.Audit;

namespace Platform.Worker.Pipeline.Control;

/// <summary>What to clear of runs that have ended.</summary>
internal sealed record ClearRequest(DataDateRange Range)
{
    /// <summary>Cleared with all tasks that come after it; null for the whole run.</summary>
    public string? Task { get; init; }

    /// <summary>The task alone, not those after it.</summary>
    public bool Only { get; init; }

    /// <summary>Load again even what has not changed.</summary>
    public bool Force { get; init; }

    /// <summary>Only runs that failed or were cancelled.</summary>
    public bool Failed { get; init; }
}

/// <summary>What an operator changes about runs that exist: clears them, cancels them.</summary>
internal sealed class RunControl(
    PipelineDefinition pipeline, LedgerStatements statements, RunLedger ledger, NpgsqlDataSource warehouse)
{
    /// <summary>
    /// Queues the ended runs of the range again with the cleared tasks to do; tasks before them keep their success. Dates that are queued,
    /// running or waiting, and dates that never ran, are left alone.
    /// </summary>
    /// <returns>The dates that were queued, ascending.</returns>
    /// <exception cref="ConfigurationFaultException">The pipeline has no such task.</exception>
    public Task<List<DateOnly>> ClearAsync(ClearRequest request, string who, CancellationToken cancellationToken)
    {
        var tasks = (request.Task, request.Only) switch
        {
            (null, _) => pipeline.TaskNames,
            ({ } task, _) when !pipeline.TaskNames.Contains(task) =>
                throw new ConfigurationFaultException($"{pipeline.Name} has no task '{task}'; its tasks are {string.Join(", ", pipeline.TaskNames)}."),
            ({ } task, true) => [task],
            ({ } task, false) => [task, .. pipeline.After(task)],
        };
        return statements.QueryAsync($"""
            with queued as (
                update meta.pipeline_run run
                set state = 'queued', trigger = 'manual', force = @force, attempt = 0, requested_at = @now, started_at = null, finished_at = null,
                    error_class = null, error = null, backfill_id = null, cancel_requested_at = null, cancel_requested_by = null
                where pipeline = @pipeline and data_date between @from and @to
                  and (state in ('failed', 'cancelled') or (state = 'success' and not @failed))
                returning data_date),
            cleared as (
                update meta.task_run task
                set state = 'pending', started_at = null, finished_at = null, rows = null, detail = null, error_class = null, error = null
                from queued
                where task.pipeline = @pipeline and task.data_date = queued.data_date
                  and (task.task = any (@tasks) or task.state not in ('success', 'skipped'))),
            {Change.Entry}
            select data_date from queued order by data_date
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            [
                new("pipeline", pipeline.Name), new("from", request.Range.From), new("to", request.Range.To), new("force", request.Force),
                new("failed", request.Failed), new("tasks", tasks.ToArray()), statements.Now(),
                .. Change.Parameters(new(
                    who, "run.clear", $"{pipeline.Name} {request.Range}", new { request.Task, request.Only, request.Force, request.Failed })),
            ]);
    }

    /// <summary>
    /// Cancels the runs of the range that have not ended. What is queued or waits is cancelled at once; of what runs, the Worker that runs it is told,
    /// wherever it is, and ends it within seconds; when that Worker is gone, it is cancelled here.
    /// </summary>
    /// <returns>The dates, ascending: cancelled already, and those whose Worker was told.</returns>
    public async Task<(IReadOnlyList<DateOnly> Cancelled, IReadOnlyList<DateOnly> Asked)> CancelAsync(
        DataDateRange range, string who, string? why, CancellationToken cancellationToken)
    {
        var runs = await statements.QueryAsync($"""
            with given_up as (
                update meta.pipeline_run set state = 'cancelled', finished_at = @now, cancel_requested_at = @now, cancel_requested_by = @who
                where pipeline = @pipeline and data_date between @from and @to and state in ('queued', 'waiting')
                returning data_date),
            tasks as (
                update meta.task_run task set state = 'cancelled'
                from given_up
                where task.pipeline = @pipeline and task.data_date = given_up.data_date and task.state in ('pending', 'waiting')),
            asked as (
                update meta.pipeline_run set cancel_requested_at = @now, cancel_requested_by = @who
                where pipeline = @pipeline and data_date between @from and @to and state = 'running'
                returning data_date, pg_notify('{DateClaim.Channel}', @pipeline || ' ' || to_char(data_date, 'YYYY-MM-DD'))),
            {Change.Entry}
            select data_date, false from given_up union all select data_date, true from asked order by 1
            """,
            row => (Date: row.GetFieldValue<DateOnly>(0), Runs: row.GetBoolean(1)),
            cancellationToken,
            [
                new("pipeline", pipeline.Name), new("from", range.From), new("to", range.To), statements.Now(),
                .. Change.Parameters(new(who, "run.cancel", $"{pipeline.Name} {range}", new { why })),
            ]);
        var cancelled = runs.Where(run => !run.Runs).Select(run => run.Date).ToList();
        var asked = runs.Where(run => run.Runs).Select(run => run.Date).ToList();
        if (asked.Count > 0)
        {
            await using var claim = await DateClaim.TryAcquireAsync(warehouse, pipeline.Name, asked, cancellationToken);
            if (claim is not null)
            {
                await ledger.InterruptAsync(pipeline.Name, claim.Dates, RunState.Cancelled, cancellationToken);
                cancelled.AddRange(claim.Dates);
                asked.RemoveAll(claim.Dates.Contains);
            }
        }
        cancelled.Sort();
        return (cancelled, asked);
    }
}
