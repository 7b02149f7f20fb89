using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Pipeline.Audit;

namespace Platform.Worker.Pipeline.Backfills;

/// <summary>A backfill as it is asked for.</summary>
/// <param name="Range">The data dates.</param>
internal sealed record BackfillOrder(DataDateRange Range)
{
    /// <summary>Newest data dates first; otherwise oldest first. Dates of one batch share a build, so this is the order of batches and of the loads in them.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>The most data dates that are loaded at once, by all Workers together; null for what each Worker allows.</summary>
    public int? Parallel { get; init; }

    public bool Force { get; init; }
}

/// <summary>A backfill and how far it is.</summary>
/// <param name="State">running, paused or ended.</param>
/// <param name="Dates">Its data dates; each of the numbers after it counts some of them.</param>
/// <param name="Waiting">Dates that wait for a partition.</param>
/// <param name="TasksDone">Tasks that are done, of <paramref name="Tasks"/>.</param>
/// <param name="SecondsLeft">An estimate from the pace of the last tasks; null while there is none.</param>
internal sealed record BackfillRecord(
    long Id,
    string Pipeline,
    DateOnly From,
    DateOnly To,
    string Order,
    int? Parallel,
    bool Force,
    DateTimeOffset RequestedAt,
    string RequestedBy,
    string State,
    int Dates,
    int Succeeded,
    int Failed,
    int Cancelled,
    int Running,
    int Waiting,
    int Queued,
    long TasksDone,
    long Tasks,
    DateTimeOffset? FinishedAt,
    double? SecondsLeft)
{
    public int Ended => Succeeded + Failed + Cancelled;
}

/// <summary>Backfills in the ledger. Who works on their dates is the runner's business, as for all queued dates.</summary>
internal sealed class BackfillLedger(PipelineDefinition pipeline, LedgerStatements statements, RunLedger ledger, DataDates dataDates)
{
    /// <summary>Enters the backfill and queues its dates; dates that are queued or running already are joined.</summary>
    /// <returns>Its id, and the dates that were queued by it.</returns>
    /// <exception cref="ConfigurationFaultException">No day of the range is a data date.</exception>
    public async Task<(long Id, IReadOnlyList<DateOnly> Queued)> RequestAsync(BackfillOrder order, string who, CancellationToken cancellationToken)
    {
        DateOnly[] dates = [.. dataDates.In(order.Range)];
        if (dates.Length == 0)
        {
            throw new ConfigurationFaultException($"{order.Range} holds days off only, and of these there are no data (Pipeline:Calendar:DataOnDaysOff).");
        }
        var id = (await statements.QueryAsync($"""
            with entered as (
                insert into meta.backfill (pipeline, from_date, to_date, newest_first, parallel, force, requested_at, requested_by)
                values (@pipeline, @from, @to, @newest, @parallel, @force, @now, @who)
                returning backfill_id),
            dates as (
                insert into meta.backfill_date (backfill_id, pipeline, data_date)
                select backfill_id, @pipeline, day from entered cross join unnest(@dates) day),
            {Change.Entry}
            select backfill_id from entered
            """,
            row => row.GetInt64(0),
            cancellationToken,
            [
                new("pipeline", pipeline.Name), LedgerStatements.Dates(dates), new("from", order.Range.From), new("to", order.Range.To), new("newest", order.NewestFirst),
                new("parallel", NpgsqlDbType.Integer) { Value = (object?)order.Parallel ?? DBNull.Value }, new("force", order.Force), statements.Now(),
                .. Change.Parameters(new(who, "backfill.request", $"{pipeline.Name} {order.Range}", new { Order = Word(order.NewestFirst), order.Parallel, order.Force })),
            ])).Single();
        return (id, await QueueAsync(id, dates, order.Force, cancellationToken));
    }

    /// <summary>Queues what is not done of a backfill: dates that failed, were cancelled, or were never queued because its Worker was killed before.</summary>
    /// <returns>The dates that were queued; null when there is no such backfill.</returns>
    public async Task<IReadOnlyList<DateOnly>?> ResumeAsync(long id, string who, CancellationToken cancellationToken)
    {
        var rest = await statements.QueryAsync($"""
            with rest as (
                update meta.backfill_date set state = null, ended_at = null
                where backfill_id = @id and state is distinct from 'success'
                returning data_date),
            {Change.Entry}
            select backfill.force, array(select data_date from rest order by data_date) from meta.backfill backfill where backfill.backfill_id = @id
            """,
            row => (Force: row.GetBoolean(0), Dates: row.GetFieldValue<DateOnly[]>(1)),
            cancellationToken,
            [new("id", id), statements.Now(), .. Change.Parameters(new(who, "backfill.resume", $"{pipeline.Name} backfill {id}"))]);
        return rest is [var (force, dates)] ? await QueueAsync(id, dates, force, cancellationToken) : null;
    }

    public async Task<BackfillRecord?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await ReadAsync("backfill.backfill_id = @which", new("which", id), 1, cancellationToken)).SingleOrDefault();

    /// <summary>The backfills requested last, newest first.</summary>
    public Task<List<BackfillRecord>> LatestAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync("backfill.pipeline = @which", new("which", pipeline.Name), limit, cancellationToken);

    private async Task<IReadOnlyList<DateOnly>> QueueAsync(long id, DateOnly[] dates, bool force, CancellationToken cancellationToken) =>
        await ledger.QueueAsync(
            pipeline.Name, dates, new RunOrder(RunTrigger.Backfill) { Again = true, Force = force, Backfill = id }, cancellationToken);

    private Task<List<BackfillRecord>> ReadAsync(string which, NpgsqlParameter parameter, int limit, CancellationToken cancellationToken) =>
        statements.QueryAsync(Query.Replace("{which}", which, StringComparison.Ordinal), Read, cancellationToken,
            parameter, new("limit", limit), new("tasks", pipeline.TaskNames.Count), statements.Now());

    private static BackfillRecord Read(NpgsqlDataReader row)
    {
        var (dates, ended) = (row.GetInt32(9), row.GetInt32(10) + row.GetInt32(11) + row.GetInt32(12));
        var (done, tasks) = (row.GetInt64(16), (long)dates * row.GetInt32(19));
        var state = ended == dates ? "ended" : row.GetBoolean(20) ? "paused" : "running";
        var pace = row.IsDBNull(18) ? (double?)null : row.GetDouble(18);
        return new(
            row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(3), Word(row.GetBoolean(4)),
            row.IsDBNull(5) ? null : row.GetInt32(5), row.GetBoolean(6), row.GetFieldValue<DateTimeOffset>(7), row.GetString(8), state, dates,
            row.GetInt32(10), row.GetInt32(11), row.GetInt32(12), row.GetInt32(13), row.GetInt32(14), row.GetInt32(15), done, tasks,
            ended == dates && !row.IsDBNull(17) ? row.GetFieldValue<DateTimeOffset>(17) : null,
            state == "running" && pace > 0 ? Math.Round((tasks - done) / pace.Value, 1) : null);
    }

    private static string Word(bool newestFirst) => newestFirst ? "newest_first" : "oldest_first";

    /// <summary>The pace is that of the last 200 tasks that ended, until now: it follows a pause or a change of load soon.</summary>
    private const string Query = """
        with backfill as materialized (
            select backfill.*, (
                select count(*) / greatest(extract(epoch from @now - min(started_at)), 0.001)::float8
                from (
                    select attempt.started_at from meta.backfill_date own
                    join meta.task_attempt attempt on attempt.pipeline = own.pipeline and attempt.data_date = own.data_date
                    where own.backfill_id = backfill.backfill_id and attempt.started_at >= backfill.requested_at
                      and attempt.state in ('success', 'skipped')
                    order by attempt.finished_at desc limit 200) last
                where exists (select from meta.backfill_date open where open.backfill_id = backfill.backfill_id and open.state is null)
                having count(*) > 0) pace
            from meta.backfill backfill where {which} order by backfill_id desc limit @limit)
        select backfill.backfill_id, backfill.pipeline, backfill.from_date, backfill.to_date, backfill.newest_first, backfill.parallel, backfill.force,
               backfill.requested_at, backfill.requested_by,
               count(*)::int,
               count(*) filter (where date.state = 'success')::int, count(*) filter (where date.state = 'failed')::int,
               count(*) filter (where date.state = 'cancelled')::int, count(*) filter (where date.state is null and run.state = 'running')::int,
               count(*) filter (where date.state is null and run.state = 'waiting')::int,
               count(*) filter (where date.state is null and coalesce(run.state, '') not in ('running', 'waiting'))::int,
               sum(case when date.state is not null then @tasks else done.tasks end)::bigint,
               max(date.ended_at),
               backfill.pace, @tasks,
               exists (select from meta.pipeline_pause pause where pause.pipeline = backfill.pipeline)
        from backfill
        join meta.backfill_date date on date.backfill_id = backfill.backfill_id
        left join meta.pipeline_run run on date.state is null and run.pipeline = date.pipeline and run.data_date = date.data_date
        cross join lateral (
            select count(*) tasks from meta.task_run task
            where date.state is null and task.pipeline = date.pipeline and task.data_date = date.data_date and task.state in ('success', 'skipped')) done
        group by backfill.backfill_id, backfill.pipeline, backfill.from_date, backfill.to_date, backfill.newest_first, backfill.parallel, backfill.force,
            backfill.requested_at, backfill.requested_by, backfill.pace
        order by backfill.backfill_id desc
        """;
}
