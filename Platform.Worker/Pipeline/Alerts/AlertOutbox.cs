using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Pipeline.Audit;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>An alert and what became of it.</summary>
internal sealed record AlertRecord(Alert Alert, IReadOnlyList<AlertDelivery> Deliveries);

/// <summary>What became of an alert for one receiver.</summary>
/// <param name="Receiver">Its name.</param>
/// <param name="State">pending, sent, failed (given up) or suppressed (a repeat of what is over).</param>
/// <param name="NextAt">When it is tried next; null when it has ended.</param>
/// <param name="EndedAt">When it was sent, given up or suppressed.</param>
internal sealed record AlertDelivery(string Receiver, string State, int Attempts, DateTimeOffset? NextAt, DateTimeOffset? EndedAt, string? LastError);

/// <summary>
/// What is to be sent: <c>meta.alert</c>, written by triggers where it happens, and <c>meta.alert_delivery</c>, a row for each receiver. Any number of Workers
/// may take from it: who takes a row moves its <c>next_at</c> past the lease in the same statement.
/// </summary>
internal sealed class AlertOutbox(LedgerStatements statements)
{
    private const string Columns =
        "alert.alert_id, alert.at, alert.event, alert.severity, alert.kind, alert.pipeline, alert.domain, alert.dataset, alert.data_date, alert.message";

    /// <summary>Makes a delivery for each receiver of what has come up, and ends those that need not be sent any more.</summary>
    public Task DispatchAsync(IReadOnlyCollection<string> receivers, AlertOptions options, CancellationToken cancellationToken) =>
        statements.ExecuteAsync("""
            with due as (
                update meta.alert set dispatched_at = @now where dispatched_at is null
                returning alert_id, key, at)
            insert into meta.alert_delivery (alert_id, receiver, key, state, next_at)
            select due.alert_id, receiver, due.key, 'pending', @now from due cross join unnest(@receivers) receiver
            where due.at > @oldest
            on conflict do nothing;

            update meta.alert_delivery delivery
            set state = 'failed', ended_at = @now, last_error = coalesce(last_error, 'its time was over')
            from meta.alert alert
            where delivery.state = 'pending' and alert.alert_id = delivery.alert_id and alert.at <= @oldest and delivery.next_at <= @now;

            -- A repeat of what the receiver has been told a while ago, and which is over.
            update meta.alert_delivery delivery
            set state = 'suppressed', ended_at = @now
            from meta.alert alert
            where delivery.state = 'pending' and delivery.next_at <= @now and alert.alert_id = delivery.alert_id
              and exists (
                select from meta.alert_delivery told
                where told.receiver = delivery.receiver and told.key = delivery.key and told.state = 'sent' and told.ended_at > alert.at - @window)
              and not case
                when alert.event = 'run_failed' then exists (
                    select from meta.pipeline_run run where run.pipeline = alert.pipeline and run.data_date = alert.data_date and run.state = 'failed')
                when alert.event in ('incident_opened', 'incident_worsened') then exists (
                    select from meta.incident incident where incident.incident_id = alert.incident_id and incident.resolved_at is null)
                else true end;

            -- The end of what the receiver has not been told.
            update meta.alert_delivery delivery
            set state = 'suppressed', ended_at = @now
            from meta.alert alert
            where delivery.state = 'pending' and alert.alert_id = delivery.alert_id and alert.event = 'incident_resolved'
              and not exists (
                select from meta.alert opening join meta.alert_delivery told on told.alert_id = opening.alert_id
                where opening.incident_id = alert.incident_id and opening.event <> 'incident_resolved'
                  and told.receiver = delivery.receiver and told.state in ('pending', 'sent'))
            """,
            cancellationToken,
            new("receivers", receivers.ToArray()), new("oldest", statements.At(-options.GiveUpAfter)), Window(options), statements.Now());

    /// <summary>Takes what is to be sent to the receiver now. What is not told to be sent or failed within the lease is taken again.</summary>
    public Task<List<(Alert Alert, int Attempt)>> ClaimAsync(string receiver, AlertOptions options, int limit, CancellationToken cancellationToken) =>
        statements.QueryAsync($"""
            with taken as (
                select delivery.alert_id
                from meta.alert_delivery delivery join meta.alert alert on alert.alert_id = delivery.alert_id
                where delivery.receiver = @receiver and delivery.state = 'pending' and delivery.next_at <= @now
                  and not exists (
                    select from meta.alert_delivery told
                    where told.receiver = delivery.receiver and told.key = delivery.key and told.state = 'sent' and told.ended_at > @now - @window
                      and alert.event <> 'incident_resolved')
                  and not exists (
                    select from meta.alert_delivery earlier
                    where earlier.receiver = delivery.receiver and earlier.key = delivery.key and earlier.state = 'pending'
                      and earlier.alert_id < delivery.alert_id)
                  and not (alert.event in ('incident_worsened', 'incident_resolved') and exists (
                    select from meta.alert before join meta.alert_delivery untold on untold.alert_id = before.alert_id
                    where before.incident_id = alert.incident_id and before.alert_id < alert.alert_id
                      and untold.receiver = delivery.receiver and untold.state = 'pending'))
                order by delivery.alert_id limit @limit
                for update of delivery skip locked),
            delivery as (
                update meta.alert_delivery delivery set attempts = attempts + 1, next_at = @lease
                from taken where delivery.alert_id = taken.alert_id and delivery.receiver = @receiver
                returning delivery.alert_id, delivery.attempts)
            select {Columns}, delivery.attempts from delivery join meta.alert alert on alert.alert_id = delivery.alert_id
            order by alert.alert_id
            """,
            row => (Read(row), row.GetInt32(10)),
            cancellationToken,
            new("receiver", receiver), new("limit", limit), new("lease", statements.At(options.Lease)), Window(options), statements.Now());

    public Task SentAsync(string receiver, IReadOnlyList<long> alerts, CancellationToken cancellationToken) =>
        statements.ExecuteAsync("""
            update meta.alert_delivery set state = 'sent', ended_at = @now, last_error = null
            where receiver = @receiver and alert_id = any (@alerts) and state = 'pending'
            """,
            cancellationToken, new("receiver", receiver), new("alerts", alerts.ToArray()), statements.Now());

    /// <param name="retryAfter">After how long they are tried again; null when they are not.</param>
    public Task FailedAsync(string receiver, IReadOnlyList<long> alerts, string error, TimeSpan? retryAfter, CancellationToken cancellationToken) =>
        statements.ExecuteAsync("""
            update meta.alert_delivery
            set last_error = @error, next_at = coalesce(@next, next_at),
                state = case when @next::timestamptz is null then 'failed' else state end, ended_at = case when @next::timestamptz is null then @now end
            where receiver = @receiver and alert_id = any (@alerts) and state = 'pending'
            """,
            cancellationToken,
            new("receiver", receiver), new("alerts", alerts.ToArray()), new("error", error), statements.Now(),
            new("next", NpgsqlDbType.TimestampTz) { Value = retryAfter is { } after ? statements.At(after) : DBNull.Value });

    /// <summary>How many alerts wait for each of the receivers.</summary>
    public async Task<IReadOnlyDictionary<string, long>> WaitingAsync(IReadOnlyCollection<string> receivers, CancellationToken cancellationToken) =>
        (await statements.QueryAsync(
            """
            select receiver, (select count(*) from meta.alert_delivery delivery where delivery.receiver = one.receiver and delivery.state = 'pending')
            from unnest(@receivers) as one (receiver)
            """,
            row => (Receiver: row.GetString(0), Waiting: row.GetInt64(1)), cancellationToken, new NpgsqlParameter("receivers", receivers.ToArray())))
        .ToDictionary(row => row.Receiver, row => row.Waiting);

    /// <summary>Enters a test alert, taken for each receiver already.</summary>
    public async Task<Alert> EnterTestAsync(IReadOnlyCollection<string> receivers, AlertOptions options, string who, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"""
            with alert as (
                insert into meta.alert (at, event, key, severity, kind, message, dispatched_at)
                values (@now, 'test', 'test/' || gen_random_uuid(), 'info', 'test', @message, @now)
                returning *),
            delivery as (
                insert into meta.alert_delivery (alert_id, receiver, key, state, attempts, next_at)
                select alert_id, receiver, key, 'pending', 1, @lease from alert cross join unnest(@receivers) receiver),
            {Change.Entry}
            select {Columns} from alert
            """,
            Read,
            cancellationToken,
            [
                new("receivers", receivers.ToArray()), new("lease", statements.At(options.Lease)), statements.Now(),
                new("message", $"{who} asks whether this arrives. Nothing has happened."),
                .. Change.Parameters(new(who, "alerts.test", string.Join(' ', receivers))),
            ])).Single();

    /// <summary>The alerts that came up last, newest first; of those that have a delivery in <paramref name="state"/>, if given.</summary>
    public async Task<List<AlertRecord>> LatestAsync(string? state, int limit, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync($"""
            with alert as (
                select * from meta.alert alert
                where @state is null or exists (
                    select from meta.alert_delivery delivery where delivery.alert_id = alert.alert_id and delivery.state = @state)
                order by alert_id desc limit @limit)
            select {Columns}, delivery.receiver, delivery.state, delivery.attempts, delivery.next_at, delivery.ended_at, delivery.last_error
            from alert left join meta.alert_delivery delivery on delivery.alert_id = alert.alert_id
            order by alert.alert_id desc, delivery.receiver
            """,
            row => (Alert: Read(row), Delivery: row.IsDBNull(10) ? null : new AlertDelivery(
                row.GetString(10), row.GetString(11), row.GetInt32(12),
                row.GetString(11) == "pending" ? row.GetFieldValue<DateTimeOffset>(13) : null,
                row.IsDBNull(14) ? null : row.GetFieldValue<DateTimeOffset>(14), row.IsDBNull(15) ? null : row.GetString(15))),
            cancellationToken,
            LedgerStatements.Text("state", state), new("limit", limit));
        return [.. rows.GroupBy(row => row.Alert.Id).Select(alert => new AlertRecord(alert.First().Alert, [.. alert.Select(row => row.Delivery).OfType<AlertDelivery>()]))];
    }

    private static NpgsqlParameter Window(AlertOptions options) => new("window", NpgsqlDbType.Interval) { Value = options.RepeatAfter };

    private static Alert Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4), Text(row, 5), Text(row, 6), Text(row, 7),
        row.IsDBNull(8) ? null : row.GetFieldValue<DateOnly>(8), row.GetString(9));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
