using System.Reflection;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Pipeline.Audit;

namespace Platform.Worker.Pipeline;

/// <summary>
/// The state of every run in schema <c>meta</c>, keyed by (pipeline, data date, task). Each transition is one statement, so that a process
/// killed between any two of them leaves a state to go on from. Statements that meet an infrastructure fault are tried again.
/// </summary>
internal sealed class RunLedger(LedgerStatements statements)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>This process in the ledger.</summary>
    public static string Worker { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>The version of the code that works, as it was built.</summary>
    public static string CodeVersion { get; } =
        typeof(RunLedger).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>
    /// Requests the dates: a date that is not already queued or running becomes queued, with its tasks to do again; one that waits looks for
    /// its partition again. Dates that have succeeded are left alone unless <see cref="RunOrder.Again"/> says so; with <see cref="RunOrder.Force"/>,
    /// their loads are done even where nothing has changed.
    /// </summary>
    /// <returns>The dates queued by this call, ascending.</returns>
    public Task<List<DateOnly>> QueueAsync(string pipeline, IReadOnlyCollection<DateOnly> dates, RunOrder order, CancellationToken cancellationToken) =>
        statements.QueryAsync($"""
            with queued as (
                insert into meta.pipeline_run as run (pipeline, data_date, state, trigger, force, attempt, requested_at, backfill_id)
                select @pipeline, day, 'queued', @trigger, @force, 0, @now, @backfill from unnest(@dates) day
                on conflict (pipeline, data_date) do update
                set state = 'queued', trigger = excluded.trigger, force = excluded.force, attempt = 0, requested_at = excluded.requested_at,
                    started_at = null, finished_at = null, error_class = null, error = null, backfill_id = excluded.backfill_id,
                    cancel_requested_at = null, cancel_requested_by = null
                where run.state in ('failed', 'cancelled') or (@again and run.state = 'success')
                returning data_date),
            joined as (
                update meta.pipeline_run
                set force = force or @force, state = 'queued', backfill_id = coalesce(backfill_id, @backfill)
                where pipeline = @pipeline and data_date = any (@dates)
                  and (state = 'waiting' or ((@force or @backfill is not null) and state = 'queued'))),
            cleared as (
                delete from meta.task_run task using queued
                where task.pipeline = @pipeline and task.data_date = queued.data_date),
            {Change.Entry}
            select data_date from queued order by data_date
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            [
                new("pipeline", pipeline), LedgerStatements.Dates(dates), new("trigger", order.Trigger.Word()), new("again", order.Again),
                new("force", order.Force), new("backfill", NpgsqlDbType.Bigint) { Value = (object?)order.Backfill ?? DBNull.Value },
                statements.Now(), .. Change.Parameters(order.By),
            ]);

    /// <summary>
    /// The dates that are queued or running, in their turn: oldest first, and after these the dates of backfills that want the newest first.
    /// Among <paramref name="dates"/>, or among all.
    /// </summary>
    public Task<List<DateOnly>> UnfinishedAsync(string pipeline, IReadOnlyCollection<DateOnly>? dates, CancellationToken cancellationToken) =>
        QueryAsync("""
            select run.data_date
            from meta.pipeline_run run left join meta.backfill backfill on backfill.backfill_id = run.backfill_id and backfill.newest_first
            where run.pipeline = @pipeline and run.state in ('queued', 'running') and (@dates::date[] is null or run.data_date = any (@dates))
            order by case when backfill.newest_first then 1 else 0 end,
                case when backfill.newest_first then - (run.data_date - date '2000-01-01') else run.data_date - date '2000-01-01' end
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new("pipeline", pipeline), Dates(dates));

    /// <summary>Those of the claimed dates that are still queued or running, in the order given.</summary>
    public async Task<List<ClaimedRun>> ClaimedAsync(string pipeline, IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) =>
        await QueryAsync("""
            select run.data_date, run.cancel_requested_at is not null, backfill.backfill_id, backfill.parallel
            from meta.pipeline_run run left join meta.backfill backfill on backfill.backfill_id = run.backfill_id
            where run.pipeline = @pipeline and run.data_date = any (@dates) and run.state in ('queued', 'running')
            order by array_position(@dates, run.data_date)
            """,
            row => new ClaimedRun(
                row.GetFieldValue<DateOnly>(0), row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt32(3)),
            cancellationToken,
            new("pipeline", pipeline), Dates(dates));

    /// <summary>Whether the pipeline is paused: no date may begin.</summary>
    public async Task<bool> IsPausedAsync(string pipeline, CancellationToken cancellationToken) =>
        (await QueryAsync(
            "select exists (select from meta.pipeline_pause where pipeline = @pipeline)",
            row => row.GetBoolean(0), cancellationToken, new NpgsqlParameter("pipeline", pipeline))).Single();

    /// <summary>Enters the tasks that the runs do not have yet.</summary>
    public Task EnterTasksAsync(
        string pipeline, IReadOnlyCollection<DateOnly> dates, IReadOnlyList<string> tasks, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            insert into meta.task_run (pipeline, data_date, task, position, state, attempt)
            select @pipeline, day, task, position, 'pending', 0
            from unnest(@dates) day cross join unnest(@tasks) with ordinality as entry (task, position)
            on conflict (pipeline, data_date, task) do nothing
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("tasks", tasks.ToArray()));

    /// <summary>The tasks of the run that are done already: the run goes on after them.</summary>
    public Task<List<string>> DoneTasksAsync(string pipeline, DateOnly date, CancellationToken cancellationToken) =>
        QueryAsync("""
            select task from meta.task_run where pipeline = @pipeline and data_date = @date and state in ('success', 'skipped')
            """,
            row => row.GetString(0),
            cancellationToken,
            new("pipeline", pipeline), new("date", date));

    /// <returns>Whether the run is forced and when it was requested; null when it must not begin: it was cancelled, or the pipeline is paused.</returns>
    public async Task<(bool Force, DateTimeOffset RequestedAt)?> StartRunAsync(string pipeline, DateOnly date, CancellationToken cancellationToken) =>
        (await QueryAsync("""
            update meta.pipeline_run
            set state = 'running', attempt = attempt + 1, started_at = coalesce(started_at, @now), finished_at = null, error = null
            where pipeline = @pipeline and data_date = @date and state in ('queued', 'running') and cancel_requested_at is null
              and not exists (select from meta.pipeline_pause pause where pause.pipeline = @pipeline)
            returning force, requested_at
            """,
            row => ((bool, DateTimeOffset)?)(row.GetBoolean(0), row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken,
            new("pipeline", pipeline), new("date", date), Now())).SingleOrDefault();

    /// <summary>A task begins an attempt on the dates; an attempt left open by a process that is gone is closed.</summary>
    /// <returns>The key of the attempt's log.</returns>
    public async Task<long> StartTaskAsync(string pipeline, IReadOnlyCollection<DateOnly> dates, string task, CancellationToken cancellationToken) =>
        (await QueryAsync("""
            with abandoned as (
                update meta.task_attempt
                set state = 'failed', finished_at = @now, error_class = 'infrastructure', error = worker || ' stopped before the task ended'
                where pipeline = @pipeline and data_date = any (@dates) and task = @task and state = 'running'),
            started as (
                update meta.task_run
                set state = 'running', attempt = attempt + 1, started_at = @now, finished_at = null, rows = null, detail = null,
                    error_class = null, error = null
                where pipeline = @pipeline and data_date = any (@dates) and task = @task
                returning data_date, attempt),
            log as (select nextval('meta.task_log_key') as key),
            entered as (
                insert into meta.task_attempt (pipeline, data_date, task, attempt, state, worker, started_at, code_version, log_key)
                select @pipeline, data_date, @task, attempt, 'running', @worker, @now, @code, log.key from started cross join log)
            select key from log
            """,
            row => row.GetInt64(0),
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("task", task), new("worker", Worker), new("code", CodeVersion), Now())).Single();

    /// <summary>The task cannot start before something has landed, nor can the tasks after it.</summary>
    /// <param name="missing">What it waits for, for people.</param>
    public Task WaitAsync(string pipeline, IReadOnlyCollection<DateOnly> dates, string task, string missing, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            update meta.task_run set state = 'waiting', error = @missing
            where pipeline = @pipeline and data_date = any (@dates) and task = @task
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("task", task), new("missing", missing));

    /// <summary>The runs that wait for a partition, oldest first: of <paramref name="dates"/>, or of all.</summary>
    public Task<List<WaitingRun>> WaitingAsync(string pipeline, IReadOnlyCollection<DateOnly>? dates, CancellationToken cancellationToken) =>
        QueryAsync("""
            select run.data_date, coalesce(array_agg(task.task) filter (where task.state = 'waiting'), '{}'), array_agg(task.task order by task.position)
            from meta.pipeline_run run join meta.task_run task on task.pipeline = run.pipeline and task.data_date = run.data_date
            where run.pipeline = @pipeline and run.state = 'waiting' and (@dates::date[] is null or run.data_date = any (@dates))
              and task.state not in ('success', 'skipped')
            group by run.data_date
            order by run.data_date
            """,
            row => new WaitingRun(row.GetFieldValue<DateOnly>(0), row.GetFieldValue<string[]>(1), row.GetFieldValue<string[]>(2)),
            cancellationToken,
            new("pipeline", pipeline), Dates(dates));

    /// <summary>What the dates waited for has landed: they are queued again, to go on after the tasks that are done.</summary>
    /// <returns>The dates that this call queued.</returns>
    public Task<List<DateOnly>> WakeAsync(string pipeline, IReadOnlyCollection<DateOnly> dates, CancellationToken cancellationToken) =>
        QueryAsync("""
            update meta.pipeline_run set state = 'queued', error = null
            where pipeline = @pipeline and data_date = any (@dates) and state = 'waiting'
            returning data_date
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new("pipeline", pipeline), Dates(dates));

    /// <summary>The dates from <paramref name="from"/> on whose runs have ended, well or not, oldest first.</summary>
    public Task<List<DateOnly>> EndedAsync(string pipeline, DateOnly from, CancellationToken cancellationToken) =>
        QueryAsync("""
            select data_date from meta.pipeline_run
            where pipeline = @pipeline and data_date >= @from and state in ('success', 'failed')
            order by data_date
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new("pipeline", pipeline), new("from", from));

    /// <summary>The task has ended well on the dates; after the last task, so have their runs.</summary>
    public Task CompleteTaskAsync(
        string pipeline, IReadOnlyCollection<DateOnly> dates, string task, TaskOutcome outcome, bool last, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            with attempt as (
                update meta.task_attempt set state = @state, finished_at = @now, rows = @rows, detail = @detail, inputs = @inputs
                where pipeline = @pipeline and data_date = any (@dates) and task = @task and state = 'running'),
            run as (
                update meta.pipeline_run set state = 'success', finished_at = @now, error_class = null, error = null
                where @last and pipeline = @pipeline and data_date = any (@dates))
            update meta.task_run set state = @state, finished_at = @now, rows = @rows, detail = @detail
            where pipeline = @pipeline and data_date = any (@dates) and task = @task
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("task", task), new("last", last), Now(),
            new("state", (outcome.Skipped ? TaskState.Skipped : TaskState.Success).Word()),
            new("rows", NpgsqlDbType.Bigint) { Value = (object?)outcome.Rows ?? DBNull.Value },
            Jsonb("detail", outcome.Detail), Jsonb("inputs", outcome.Inputs));

    /// <summary>An attempt failed and the task will be tried again.</summary>
    public Task FailAttemptAsync(
        string pipeline, IReadOnlyCollection<DateOnly> dates, string task, Fault fault, string error, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            update meta.task_attempt set state = 'failed', finished_at = @now, error_class = @fault, error = @error
            where pipeline = @pipeline and data_date = any (@dates) and task = @task and state = 'running'
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("task", task), new("fault", fault.Word()), new("error", error), Now());

    /// <summary>The task has failed for good on the dates, and so the tasks after it are upstream_failed; after the last task, so are the runs.</summary>
    public Task FailTaskAsync(
        string pipeline, IReadOnlyCollection<DateOnly> dates, string task, IReadOnlyList<string> after, bool last, Fault fault, string error,
        CancellationToken cancellationToken) =>
        ExecuteAsync("""
            with attempt as (
                update meta.task_attempt set state = 'failed', finished_at = @now, error_class = @fault, error = @error
                where pipeline = @pipeline and data_date = any (@dates) and task = @task and state = 'running'),
            failed as (
                update meta.task_run set state = 'failed', finished_at = @now, error_class = @fault, error = @error
                where pipeline = @pipeline and data_date = any (@dates) and task = @task),
            later as (
                update meta.task_run set state = 'upstream_failed'
                where pipeline = @pipeline and data_date = any (@dates) and task = any (@after))
            update meta.pipeline_run set state = 'failed', finished_at = @now, error_class = @fault, error = @task || ': ' || @error
            where @last and pipeline = @pipeline and data_date = any (@dates)
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("task", task), new("after", after.ToArray()), new("last", last),
            new("fault", fault.Word()), new("error", error), Now());

    /// <summary>The tasks of the run that could be done have ended: one that failed fails the run, one that waits keeps it waiting, and otherwise it has succeeded.</summary>
    public Task SettleAsync(string pipeline, DateOnly date, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            update meta.pipeline_run run
            set state = case worst.state when 'failed' then 'failed' when 'waiting' then 'waiting' else 'success' end,
                finished_at = case when worst.state is distinct from 'waiting' then @now end,
                error_class = worst.error_class, error = worst.task || ': ' || worst.error
            from (select true) always left join lateral (
                select task, state, error_class, error from meta.task_run
                where pipeline = @pipeline and data_date = @date and state in ('failed', 'waiting')
                order by state = 'failed' desc, position limit 1) worst on true
            where run.pipeline = @pipeline and run.data_date = @date and run.state = 'running'
            """,
            cancellationToken,
            new("pipeline", pipeline), new("date", date), Now());

    /// <summary>
    /// The dates that were never built and of which something is loaded, but not everything. Asked while no date is being loaded, these are
    /// runs that failed half way, that wait for the rest, or whose Worker is gone; of the latter two the tasks are entered as to be done again.
    /// </summary>
    public Task<List<DateOnly>> HalfLoadedAsync(PipelineDefinition pipeline, CancellationToken cancellationToken) =>
        QueryAsync("""
            with half as (
                select run.data_date, run.state from meta.pipeline_run run
                where run.pipeline = @pipeline and run.state <> 'success'
                  and exists (select from meta.partition_load load where load.current and load.partition = run.data_date)
                  and cardinality(@tasks) > (
                    select count(*) from meta.task_run task
                    where task.pipeline = run.pipeline and task.data_date = run.data_date and task.task = any (@tasks)
                      and task.state in ('success', 'skipped'))
                  and not exists (
                    select from meta.task_attempt attempt
                    where attempt.pipeline = run.pipeline and attempt.data_date = run.data_date and attempt.task = @build
                      and attempt.state = 'success')),
            again as (
                update meta.task_run task set state = 'pending'
                from half
                where half.state in ('queued', 'running', 'waiting') and task.pipeline = @pipeline and task.data_date = half.data_date
                  and task.task = any (@tasks) and task.state <> 'waiting')
            select data_date from half order by data_date
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new("pipeline", pipeline.Name), new("build", pipeline.BatchTask.Name),
            new("tasks", pipeline.PartitionTasks.Select(task => task.Name).ToArray()));

    /// <summary>
    /// Queues the dates whose facts have changed since they were last built, with their build alone to do again. Left out are dates that were
    /// never built and those that are queued, running or waiting: the build of their own run does it.
    /// </summary>
    /// <returns>The dates queued, ascending.</returns>
    public Task<List<DateOnly>> QueueStaleAsync(PipelineDefinition pipeline, CancellationToken cancellationToken) =>
        QueryAsync("""
            with queued as (
                update meta.pipeline_run run
                set state = 'queued', trigger = 'correction', force = false, attempt = 0, requested_at = @now, started_at = null,
                    finished_at = null, error_class = null, error = null, backfill_id = null, cancel_requested_at = null, cancel_requested_by = null
                where run.pipeline = @pipeline and run.data_date in (select data_date from meta.stale_date)
                  and run.state not in ('queued', 'running', 'waiting')
                  and (run.state = 'success' or exists (
                    select from meta.task_attempt attempt
                    where attempt.pipeline = run.pipeline and attempt.data_date = run.data_date and attempt.task = @build
                      and attempt.state = 'success'))
                  and not exists (
                    select from meta.task_run task
                    where task.pipeline = run.pipeline and task.data_date = run.data_date and task.task <> @build
                      and task.state not in ('success', 'skipped'))
                returning data_date),
            again as (
                update meta.task_run task set state = 'pending', error_class = null, error = null
                from queued
                where task.pipeline = @pipeline and task.data_date = queued.data_date and task.task = @build)
            select data_date from queued order by data_date
            """,
            row => row.GetFieldValue<DateOnly>(0),
            cancellationToken,
            new("pipeline", pipeline.Name), new("build", pipeline.BatchTask.Name), Now());

    /// <summary>The newest mark of a change to the facts of the range, 0 when there is none.</summary>
    public async Task<long> StaleMarkAsync(DataDateRange range, CancellationToken cancellationToken) =>
        (await QueryAsync(
            "select coalesce(max(mark_id), 0) from meta.stale_date where data_date between @from and @to",
            row => row.GetInt64(0),
            cancellationToken,
            new("from", range.From), new("to", range.To))).Single();

    /// <summary>The range was built with all changes up to the mark.</summary>
    public Task ClearStaleAsync(DataDateRange range, long mark, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "delete from meta.stale_date where data_date between @from and @to and mark_id <= @mark",
            cancellationToken,
            new("from", range.From), new("to", range.To), new("mark", mark));

    /// <summary>
    /// The work was interrupted: its open attempts are cancelled, and the runs are <paramref name="state"/>, that is queued (the next Worker
    /// goes on) or cancelled (the operator gave it up).
    /// </summary>
    public Task InterruptAsync(string pipeline, IReadOnlyCollection<DateOnly> dates, RunState state, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            with unfinished as (
                update meta.pipeline_run set state = @state, finished_at = case when @state = 'cancelled' then @now end
                where pipeline = @pipeline and data_date = any (@dates) and state in ('queued', 'running')
                returning data_date),
            attempt as (
                update meta.task_attempt attempt set state = 'cancelled', finished_at = @now
                from unfinished
                where attempt.pipeline = @pipeline and attempt.data_date = unfinished.data_date and attempt.state = 'running')
            update meta.task_run task set state = case when @state = 'cancelled' then 'cancelled' else 'pending' end, finished_at = null
            from unfinished
            where task.pipeline = @pipeline and task.data_date = unfinished.data_date and task.state in ('pending', 'waiting', 'running')
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), new("state", state.Word()), Now());

    /// <summary>The operator gave up: those of the dates that nobody works on are cancelled.</summary>
    public Task WithdrawAsync(string pipeline, IReadOnlyCollection<DateOnly> dates, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            with given_up as (
                update meta.pipeline_run set state = 'cancelled', finished_at = @now
                where pipeline = @pipeline and data_date = any (@dates) and state in ('queued', 'waiting')
                returning data_date)
            update meta.task_run task set state = 'cancelled'
            from given_up
            where task.pipeline = @pipeline and task.data_date = given_up.data_date and task.state in ('pending', 'waiting')
            """,
            cancellationToken,
            new("pipeline", pipeline), Dates(dates), Now());

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        statements.ExecuteAsync(sql, cancellationToken, parameters);

    private Task<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        statements.QueryAsync(sql, read, cancellationToken, parameters);

    private NpgsqlParameter Now() => statements.Now();

    private static NpgsqlParameter Dates(IReadOnlyCollection<DateOnly>? dates) => LedgerStatements.Dates(dates);

    private static NpgsqlParameter Jsonb(string name, object? value) =>
        new(name, NpgsqlDbType.Jsonb) { Value = value is null ? DBNull.Value : JsonSerializer.Serialize(value, Json) };
}

/// <summary>How dates are requested.</summary>
internal sealed record RunOrder(RunTrigger Trigger)
{
    /// <summary>Dates that have succeeded too.</summary>
    public bool Again { get; init; }

    /// <summary>Load even what has not changed.</summary>
    public bool Force { get; init; }

    /// <summary>The backfill that asks for them.</summary>
    public long? Backfill { get; init; }

    /// <summary>Who asks for them, for the audit log; null when the system does.</summary>
    public Change? By { get; init; }
}

/// <summary>A date that this process has claimed.</summary>
/// <param name="Date">The data date.</param>
/// <param name="CancelRequested">Somebody wants it cancelled.</param>
/// <param name="Backfill">The backfill that it belongs to.</param>
/// <param name="Parallel">The most dates of that backfill that are loaded at once; null for no such limit.</param>
internal sealed record ClaimedRun(DateOnly Date, bool CancelRequested, long? Backfill, int? Parallel);

/// <summary>A run that waits for a partition.</summary>
/// <param name="Date">Its data date.</param>
/// <param name="Tasks">The tasks that cannot start.</param>
/// <param name="ToDo">The tasks that are not done, these among them.</param>
internal sealed record WaitingRun(DateOnly Date, IReadOnlyList<string> Tasks, IReadOnlyList<string> ToDo);
