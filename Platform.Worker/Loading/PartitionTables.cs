using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>
/// The tables that hold a date's rows while a domain is loaded: those of this load, before they are the partitions, and those of other
/// datasets. References are looked up in the partition itself, so that the fact table is not locked against other loads.
/// </summary>
internal sealed class PartitionTables(NpgsqlConnection connection, DateOnly partition)
{
    private readonly Dictionary<(string Domain, string Dataset), string> _tables = [];
    private readonly List<(PartitionTarget Target, LateRows Late, long Load)> _targets = [];

    /// <summary>The rows of the dataset are in the target now.</summary>
    public void Add(DatasetContract contract, PartitionTarget target, LateRows late, long load)
    {
        _tables[(contract.Domain, contract.Dataset)] = target.Table;
        _targets.Add((target, late, load));
    }

    /// <summary>The quoted table to read a dataset's rows of the date from.</summary>
    public async Task<string> FindAsync(string domain, string dataset, CancellationToken cancellationToken)
    {
        if (!_tables.TryGetValue((domain, dataset), out var table))
        {
            var found = await FactPartitions.FindAsync(connection, domain, dataset, partitioning: null, partition, cancellationToken);
            table = found.Table ?? Sql.Identifier(domain, dataset);
            _tables[(domain, dataset)] = table;
        }

        return table;
    }

    /// <summary>Brings late rows to their dates and makes all targets the partitions, in the order in which they were loaded.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        foreach (var (target, late, load) in _targets)
        {
            await late.ScatterAsync(target.Table, load, cancellationToken);
            await target.PublishAsync(cancellationToken);
        }
    }
}
