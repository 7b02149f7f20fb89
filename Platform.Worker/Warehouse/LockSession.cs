using Npgsql;

namespace Platform.Worker.Warehouse;

/// <summary>A session of this process that holds advisory locks and nothing else; the server frees them when it ends, however it ends.</summary>
internal static class LockSession
{
    public static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken)
    {
        var session = await warehouse.OpenConnectionAsync(cancellationToken);
        try
        {
            // A machine that vanished without closing its sockets is found out in half a minute, not in the two hours of the system's default.
            await using var command = new NpgsqlCommand(
                "set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set idle_session_timeout = 0", session);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public static async Task CloseAsync(NpgsqlConnection session)
    {
        try
        {
            // Back in the pool a session is reset only when it is used next: give the locks up now.
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all(); unlisten *", session);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
        {
            // The session is broken: its locks went with it.
        }
        await session.DisposeAsync();
    }
}
