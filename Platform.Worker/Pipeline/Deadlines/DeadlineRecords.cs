using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Deadlines;

/// <summary>The deadlines of data dates: <c>meta.deadline</c>. When a date was ready is entered by the statement that ends its run.</summary>
internal sealed class DeadlineRecords(LedgerStatements statements)
{
    /// <summary>Enters deadlines; of dates that are not ready it moves them.</summary>
    public Task EnterAsync(string pipeline, IReadOnlyList<(DateOnly Date, DateTimeOffset ReadyBy)> due, CancellationToken cancellationToken) =>
        due.Count == 0 ? Task.CompletedTask : statements.ExecuteAsync("""
            insert into meta.deadline as deadline (pipeline, data_date, ready_by, ready_at, state)
            select @pipeline, due.data_date, due.ready_by, run.finished_at,
                case when run.finished_at is null then 'on_track' when run.finished_at <= due.ready_by then 'ready' else 'ready_late' end
            from unnest(@dates, @ready_by) due (data_date, ready_by)
            left join meta.pipeline_run run on run.pipeline = @pipeline and run.data_date = due.data_date and run.state = 'success'
            on conflict (pipeline, data_date) do update set ready_by = excluded.ready_by
            where deadline.ready_at is null and deadline.ready_by <> excluded.ready_by
            """,
            cancellationToken,
            new("pipeline", pipeline), LedgerStatements.Dates([.. due.Select(one => one.Date)]),
            new("ready_by", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz) { Value = due.Select(one => one.ReadyBy).ToArray() });

    /// <summary>The newest date that has a deadline.</summary>
    public async Task<DateOnly?> NewestAsync(string pipeline, CancellationToken cancellationToken) =>
        (await statements.QueryAsync(
            "select max(data_date) from meta.deadline where pipeline = @pipeline",
            row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0),
            cancellationToken, new NpgsqlParameter("pipeline", pipeline))).Single();

    /// <summary>The dates from <paramref name="from"/> on that are not ready, oldest first.</summary>
    public Task<List<OpenDeadline>> OpenAsync(string pipeline, DateOnly from, CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select deadline.data_date, deadline.ready_by, deadline.state, run.state, run.error
            from meta.deadline deadline left join meta.pipeline_run run on run.pipeline = deadline.pipeline and run.data_date = deadline.data_date
            where deadline.pipeline = @pipeline and deadline.data_date >= @from and deadline.ready_at is null
            order by deadline.data_date
            """,
            row => new OpenDeadline(
                row.GetFieldValue<DateOnly>(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4)),
            cancellationToken,
            new("pipeline", pipeline), new("from", from));

    /// <summary>What was found of a date that is not ready.</summary>
    public Task TellAsync(string pipeline, DateOnly date, string state, DateTimeOffset? forecast, CancellationToken cancellationToken) =>
        statements.ExecuteAsync("""
            update meta.deadline set state = @state, forecast_at = @forecast
            where pipeline = @pipeline and data_date = @date and ready_at is null and (state, forecast_at) is distinct from (@state, @forecast)
            """,
            cancellationToken,
            new("pipeline", pipeline), new("date", date), new("state", state),
            new("forecast", NpgsqlDbType.TimestampTz) { Value = (object?)forecast ?? DBNull.Value });

    /// <summary>The deadlines of the newest data dates, newest first.</summary>
    public Task<List<Deadline>> LatestAsync(string pipeline, int limit, CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select data_date, ready_by, forecast_at, ready_at, state from meta.deadline
            where pipeline = @pipeline
            order by data_date desc limit @limit
            """,
            row => new Deadline(
                row.GetFieldValue<DateOnly>(0), row.GetFieldValue<DateTimeOffset>(1),
                row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.GetString(4)),
            cancellationToken,
            new("pipeline", pipeline), new("limit", limit));
}
