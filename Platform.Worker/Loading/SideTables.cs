using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading;

/// <summary>
/// Tables of a load that are made beside its transaction, so that several connections can fill them at the same time. Nobody reads them before the
/// load's transaction makes them partitions; those of a load that failed are dropped, at once or, when the process died, by the date's next load.
/// </summary>
/// <remarks>Their names are the date's alone, of which <see cref="PartitionLock"/> lets one load at a time go on.</remarks>
internal sealed class SideTables(NpgsqlDataSource dataSource, Domain domain, DateOnly date)
{
    /// <summary>From this much on the connections are worth their opening.</summary>
    public const long FromBytes = 16 << 20;

    /// <summary>Two take rows about as fast as one thread checks them.</summary>
    private const int Copiers = 2;

    private readonly List<string> _tables = [];

    /// <summary>Makes a table at once.</summary>
    public async Task CreateAsync(string table, string create, CancellationToken cancellationToken)
    {
        _tables.Add(table);
        await using var command = dataSource.CreateCommand(create);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Connections to fill them by; the caller closes them.</summary>
    public async Task<IReadOnlyList<NpgsqlConnection>> OpenCopiersAsync(CancellationToken cancellationToken)
    {
        var copiers = new List<NpgsqlConnection>();
        try
        {
            while (copiers.Count < Copiers)
            {
                copiers.Add(await dataSource.OpenConnectionAsync(cancellationToken));
            }

            return copiers;
        }
        catch
        {
            foreach (var copier in copiers)
            {
                await copier.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>
    /// Drops what a load that has been rolled back made. Left to the date's next load when that is running already or the warehouse does not answer.
    /// </summary>
    public async Task DropAsync()
    {
        if (_tables.Count == 0)
        {
            return;
        }

        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            if (await PartitionLock.TryAcquireAsync(connection, domain, date))
            {
                await using var command = new NpgsqlCommand($"drop table if exists {string.Join(", ", _tables)}", connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
            }
        }
        catch (NpgsqlException)
        {
            // The failure of the load is what its caller is to hear of.
        }
    }
}
