using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading;

/// <summary>The fact table, or the partition of it that holds the date among others: the date's rows are deleted, then copied anew.</summary>
internal sealed class InPlaceTarget(NpgsqlConnection connection, DatasetContract contract, DateOnly partition, string table)
    : PartitionTarget(connection, contract, partition)
{
    public override string Table => table;

    public override Task StartAsync(CancellationToken cancellationToken) => DeleteAsync(Connection, table, Partition, cancellationToken);
}
