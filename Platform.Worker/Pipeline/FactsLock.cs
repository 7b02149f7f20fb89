using Npgsql;

namespace Platform.Worker.Pipeline;

/// <summary>
/// The loads of data dates share it, a build has it alone. So a build never sees a date of which some domains are loaded already and
/// others not yet, whichever Worker loads it.
/// </summary>
internal sealed class FactsLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _session;

    private FactsLock(NpgsqlConnection session) => _session = session;

    /// <summary>For the loads of one data date, first to last.</summary>
    public static Task<FactsLock> SharedAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken) =>
        AcquireAsync(warehouse, "pg_advisory_lock_shared", cancellationToken);

    /// <summary>For a build. Loads that ask after it wait until it is done.</summary>
    public static Task<FactsLock> ExclusiveAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken) =>
        AcquireAsync(warehouse, "pg_advisory_lock", cancellationToken);

    public async ValueTask DisposeAsync() => await LockSession.CloseAsync(_session);

    private static async Task<FactsLock> AcquireAsync(NpgsqlDataSource warehouse, string function, CancellationToken cancellationToken)
    {
        var session = await LockSession.OpenAsync(warehouse, cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"select {function}(hashtextextended('platform.facts', 0))", session) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new FactsLock(session);
        }
        catch
        {
            await LockSession.CloseAsync(session);
            throw;
        }
    }
}
