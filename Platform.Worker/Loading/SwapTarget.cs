using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>
/// A new table that takes the place of the date's partition. It is made in the load's transaction, so that its rows need no log where
/// <c>wal_level</c> is <c>minimal</c>, and gets its primary key after its rows, sorted and by several processes.
/// </summary>
/// <remarks>
/// Only <see cref="PublishAsync"/> locks the fact table: made with LIKE, two loads of different dates would hold it both and wait for each
/// other when they replace their partitions.
/// </remarks>
internal sealed class SwapTarget(NpgsqlConnection connection, DatasetContract contract, DateOnly partition, string? replaced)
    : PartitionTarget(connection, contract, partition)
{
    private string Name => FactPartitions.Day(Contract.Dataset, Partition);

    private string NewName => $"{Name}_new";

    public override string Table => Sql.Identifier(Contract.Domain, NewName);

    public override string CopyOptions => ", freeze";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        const string columns = """
            select string_agg(
                format('%I %s%s', attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' else '' end), ', ' order by attnum)
            from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
            """;
        await using var read = new NpgsqlCommand(columns, Connection);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FactTables.Name(Contract) });
        await ExecuteAsync($"create table {Table} ({await read.ExecuteScalarAsync(cancellationToken)})", cancellationToken);
    }

    public override Task BuildKeyAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"alter table {Table} add constraint {Sql.Identifier($"{NewName}_pkey")} primary key ({FactTables.KeyColumns(Contract)})", cancellationToken);

    public override Task PublishAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        {(replaced is null ? "" : $"drop table {replaced};")}
        alter table {Table} rename constraint {Sql.Identifier($"{NewName}_pkey")} to {Sql.Identifier($"{Name}_pkey")};
        alter table {Table} rename to {Sql.Identifier(Name)};
        alter table {FactTables.Name(Contract)} attach partition {Sql.Identifier(Contract.Domain, Name)}
            {FactPartitions.Bounds(Partition, Partition.AddDays(1))}
        """,
        cancellationToken);
}
