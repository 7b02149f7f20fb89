using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Pipeline;

/// <summary>
/// This process' exclusive hold on data dates of a pipeline: PostgreSQL advisory locks on a session of its own. The server frees them the
/// moment the session ends, however the process ended; <see cref="Lost"/> is signalled the moment this side notices.
/// </summary>
internal sealed class DateClaim : IAsyncDisposable
{
    /// <summary>Where the holder of a date is told to cancel its run; the payload is <c>pipeline yyyy-MM-dd</c>.</summary>
    public const string Channel = "platform_run_cancel";

    private readonly NpgsqlConnection _session;
    private readonly Dictionary<string, CancellationTokenSource> _cancelled;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _watch;
    private readonly string _pipeline;

    private DateClaim(NpgsqlConnection session, string pipeline, IReadOnlyList<DateOnly> dates)
    {
        _session = session;
        _pipeline = pipeline;
        _cancelled = dates.ToDictionary(Payload, _ => new CancellationTokenSource());
        _session.Notification += OnNotified;
        Dates = dates;
        Lost = _lost.Token;
        _watch = WatchAsync();
    }

    /// <summary>The dates held, ascending.</summary>
    public IReadOnlyList<DateOnly> Dates { get; }

    /// <summary>Signalled when the session broke: another Worker may hold the dates now.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Signalled when somebody wants the run of this date cancelled after it was claimed.</summary>
    public CancellationToken Cancelled(DateOnly date) => _cancelled[Payload(date)].Token;

    /// <summary>Claims those of the dates that nobody holds; null when all are held elsewhere.</summary>
    public static async Task<DateClaim?> TryAcquireAsync(
        NpgsqlDataSource warehouse, string pipeline, IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken)
    {
        var session = await LockSession.OpenAsync(warehouse, cancellationToken);
        try
        {
            // Before the claim: who sees the date held can reach its holder.
            await using (var listen = new NpgsqlCommand($"listen {Channel}", session))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken);
            }
            await using var command = new NpgsqlCommand(
                "select day from unnest(@days) day where pg_try_advisory_lock(hashtext(@pipeline), day) order by day", session);
            command.Parameters.AddWithValue("pipeline", pipeline);
            command.Parameters.Add(DayNumbers("days", dates));
            var held = new List<DateOnly>(dates.Count);
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    held.Add(DateOnly.FromDayNumber(reader.GetInt32(0)));
                }
            }
            if (held.Count > 0)
            {
                return new DateClaim(session, pipeline, held);
            }
            await LockSession.CloseAsync(session);
            return null;
        }
        catch
        {
            await LockSession.CloseAsync(session);
            throw;
        }
    }

    /// <summary>Waits, without polling, until nobody holds the date. Hold no claim meanwhile: two Workers could wait for each other.</summary>
    public static async Task WaitUntilFreeAsync(
        NpgsqlDataSource warehouse, string pipeline, DateOnly date, CancellationToken cancellationToken)
    {
        await using var session = await LockSession.OpenAsync(warehouse, cancellationToken);
        // The lock ends with the statement: whatever happens here, the session does not go back to the pool with it.
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock_shared(hashtext(@pipeline), @day)", session)
        {
            CommandTimeout = 0,
        };
        command.Parameters.AddWithValue("pipeline", pipeline);
        command.Parameters.AddWithValue("day", date.DayNumber);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _watch;
        _session.Notification -= OnNotified;
        await LockSession.CloseAsync(_session);
        _released.Dispose();
        _lost.Dispose();
        foreach (var cancelled in _cancelled.Values)
        {
            cancelled.Dispose();
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            // Ends when the session breaks or the claim is released; until then it hears what is notified.
            while (!_released.IsCancellationRequested)
            {
                await _session.WaitAsync(_released.Token);
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
        {
            await _lost.CancelAsync();
        }
    }

    private string Payload(DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{_pipeline} {date:yyyy-MM-dd}");

    private void OnNotified(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (_cancelled.TryGetValue(notification.Payload, out var cancelled))
        {
            // Not on the session's thread: what it cancels may use the session's pool.
            _ = cancelled.CancelAsync();
        }
    }

    private static NpgsqlParameter DayNumbers(string name, IReadOnlyList<DateOnly> dates) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = dates.Select(date => date.DayNumber).ToArray() };
}

/// <summary>The session that held a claim broke, so another Worker may go on with the dates.</summary>
internal sealed class DateClaimLostException()
    : IOException("The PostgreSQL session that holds this Worker's claim on the data dates was lost.");
