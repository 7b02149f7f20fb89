using Npgsql;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Pipeline;

/// <summary>
/// The loads of data dates share it, a build has it alone. So a build never sees a date of which some domains are loaded already and
/// others not yet, whichever Worker loads it.
/// </summary>
internal static class FactsLock
{
    private const string Name = "platform.facts";

    /// <summary>For the loads of one data date, first to last.</summary>
    public static Task<AdvisoryLock> SharedAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken) =>
        AdvisoryLock.AcquireSharedAsync(warehouse, Name, cancellationToken);

    /// <summary>For a build. Loads that ask after it wait until it is done.</summary>
    public static Task<AdvisoryLock> ExclusiveAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken) =>
        AdvisoryLock.AcquireAsync(warehouse, Name, cancellationToken);
}
