using System.Data;
using Npgsql;

namespace Platform.Worker.Warehouse;

/// <summary>
/// A lock between processes, held by a PostgreSQL session of its own: when the process dies, the session ends and the lock is free.
/// </summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _name;

    private AdvisoryLock(NpgsqlConnection connection, string name)
    {
        _connection = connection;
        _name = name;
    }

    /// <summary>The session that holds the lock. While it answers, the lock is held.</summary>
    public NpgsqlConnection Connection => _connection;

    /// <summary>Waits until the lock is free.</summary>
    /// <param name="dataSource">The database; locks of different databases are independent.</param>
    /// <param name="name">What is locked, e.g. <c>migrations</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<AdvisoryLock> AcquireAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        await OpenAsync(dataSource, "select true from (select pg_advisory_lock(hashtextextended($1, 0))) held", name, cancellationToken)
        ?? throw new InvalidOperationException($"pg_advisory_lock('{name}') returned without the lock.");

    /// <summary>Takes the lock if it is free now; otherwise null.</summary>
    public static Task<AdvisoryLock?> TryAcquireAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        OpenAsync(dataSource, "select pg_try_advisory_lock(hashtextextended($1, 0))", name, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_connection.State != ConnectionState.Open)
            {
                return;
            }

            // The pool would reset the session before its next use only; until then the lock would look held.
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock(hashtextextended($1, 0))", _connection);
            unlock.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _name });
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The session is gone, and the lock with it.
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private static async Task<AdvisoryLock?> OpenAsync(
        NpgsqlDataSource dataSource, string sql, string name, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new AdvisoryLock(connection, name);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }
}
