using Npgsql;

namespace Platform.Worker.Warehouse;

/// <summary>
/// A lock between processes, held by a PostgreSQL session of its own: when the process dies, the session ends and the lock is free.
/// </summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
    /// <summary>There is no waiting for the first of several locks; places are held for whole tasks, so this is soon enough.</summary>
    private static readonly TimeSpan PlaceInterval = TimeSpan.FromMilliseconds(100);

    private AdvisoryLock(NpgsqlConnection session) => Connection = session;

    /// <summary>The session that holds the lock. While it answers, the lock is held.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Waits until the lock is free.</summary>
    /// <param name="dataSource">The database; locks of different databases are independent.</param>
    /// <param name="name">What is locked, e.g. <c>migrations</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<AdvisoryLock> AcquireAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        WaitAsync(dataSource, "pg_advisory_lock", name, cancellationToken);

    /// <summary>Waits until nobody has the lock alone; then holds it beside others that share it.</summary>
    public static Task<AdvisoryLock> AcquireSharedAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        WaitAsync(dataSource, "pg_advisory_lock_shared", name, cancellationToken);

    /// <summary>Takes the lock if it is free now; otherwise null.</summary>
    public static Task<AdvisoryLock?> TryAcquireAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        OpenAsync(dataSource, "select pg_try_advisory_lock(hashtextextended($1, 0))", name, cancellationToken);

    /// <summary>Waits until one of the <paramref name="places"/> of that name is free, and holds it: so many holders there are at once, in all processes.</summary>
    public static async Task<AdvisoryLock> AcquirePlaceAsync(
        NpgsqlDataSource dataSource, string name, int places, TimeProvider clock, CancellationToken cancellationToken)
    {
        var session = await LockSession.OpenAsync(dataSource, cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(
                "select place from generate_series(1, $2) place where pg_try_advisory_lock(hashtextextended($1 || ' ' || place, 0)) limit 1", session);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = places });
            while (await command.ExecuteScalarAsync(cancellationToken) is null)
            {
                await Task.Delay(PlaceInterval, clock, cancellationToken);
            }
            return new AdvisoryLock(session);
        }
        catch
        {
            await LockSession.CloseAsync(session);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await LockSession.CloseAsync(Connection);

    private static async Task<AdvisoryLock> WaitAsync(
        NpgsqlDataSource dataSource, string function, string name, CancellationToken cancellationToken) =>
        await OpenAsync(dataSource, $"select true from (select {function}(hashtextextended($1, 0))) held", name, cancellationToken)
        ?? throw new InvalidOperationException($"{function}('{name}') returned without the lock.");

    private static async Task<AdvisoryLock?> OpenAsync(
        NpgsqlDataSource dataSource, string sql, string name, CancellationToken cancellationToken)
    {
        var session = await LockSession.OpenAsync(dataSource, cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(sql, session) { CommandTimeout = 0 };
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new AdvisoryLock(session);
            }
        }
        catch
        {
            await LockSession.CloseAsync(session);
            throw;
        }

        await LockSession.CloseAsync(session);
        return null;
    }
}
