using Npgsql;

namespace Platform.Worker.Warehouse;

/// <summary>
/// A lock between processes, held by a PostgreSQL session of its own: when the process dies, the session ends and the lock is free.
/// </summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
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
