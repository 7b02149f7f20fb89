using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>
/// Takes loaded partitions out of the fact tables again. Their files stay where they landed and their bad rows in quarantine, superseded; the next
/// load finds nothing current and loads them anew.
/// </summary>
internal sealed class PartitionWithdrawal(ContractCatalog contracts, NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <returns>Rows taken out of the domain's facts.</returns>
    public async Task<long> WithdrawAsync(string domain, IReadOnlyList<DateOnly> partitions, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var partition in partitions.OrderDescending())
        {
            await PartitionLock.AcquireAsync(connection, contracts.Domain(domain), partition, cancellationToken);
        }

        var loaded = await NoLongerCurrentAsync(connection, domain, partitions, cancellationToken);
        await QuarantineWriter.SupersedeAsync(connection, domain, [.. loaded], partitions, time.GetUtcNow(), cancellationToken);
        var rows = 0L;
        foreach (var contract in contracts.Domain(domain).Datasets.Where(contract => loaded.Contains(contract.Dataset)))
        {
            foreach (var partition in partitions)
            {
                rows += await TakeOutAsync(connection, contract, partition, cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    /// <summary>Takes the rows of a partition's load out of the facts, whatever their dates; those that other loads brought to its date stay.</summary>
    /// <returns>How many of the partition's own date they were.</returns>
    public static async Task<long> TakeOutAsync(
        NpgsqlConnection connection, DatasetContract contract, DateOnly partition, CancellationToken cancellationToken)
    {
        var late = new LateRows(connection, contract, partition);
        await late.GatherAsync(into: null, cancellationToken);
        var rows = await PartitionTarget.WithdrawAsync(connection, contract, partition, cancellationToken);
        await late.PutBackAsync(table: null, cancellationToken);
        return rows;
    }

    private static async Task<HashSet<string>> NoLongerCurrentAsync(
        NpgsqlConnection connection, string domain, IReadOnlyList<DateOnly> partitions, CancellationToken cancellationToken)
    {
        await using var update = new NpgsqlCommand(
            "update meta.partition_load set current = false where current and domain = $1 and partition = any ($2) returning dataset", connection);
        update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = domain });
        update.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. partitions] });
        var datasets = new HashSet<string>();
        await using var reader = await update.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            datasets.Add(reader.GetString(0));
        }
        return datasets;
    }
}
