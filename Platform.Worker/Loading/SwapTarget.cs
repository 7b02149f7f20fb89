using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>
/// A new table that takes the place of the date's partition and gets its primary key after its rows, sorted and by several processes. For few
/// rows it is made in the load's transaction: they are frozen and need no log where <c>wal_level</c> is <c>minimal</c>. For many it is a side
/// table, which several connections fill: one server process takes rows hardly faster than <c>\copy</c> has it do.
/// </summary>
/// <remarks>
/// Only <see cref="PublishAsync"/> locks the fact table: made with LIKE, two loads of different dates would hold it both and wait for each
/// other when they replace their partitions. Columns of fixed width come first, which costs less to read; what is the same in all rows is the table's
/// default until then.
/// </remarks>
/// <param name="connection">The load's transaction.</param>
/// <param name="sideTables">Makes the table beside the transaction; null to make it within.</param>
/// <param name="contract">The dataset.</param>
/// <param name="partition">The data date.</param>
/// <param name="loadId">The load.</param>
/// <param name="replaced">The quoted partition that the date has; null when it has none.</param>
internal sealed class SwapTarget(
    NpgsqlConnection connection, SideTables? sideTables, DatasetContract contract, DateOnly partition, long loadId, string? replaced)
    : PartitionTarget(connection, contract, partition)
{
    /// <summary>What sorting the key may take; the server's own setting where that is more.</summary>
    private const int KeyMemoryMegabytes = 256;

    private string Name => FactPartitions.Day(Contract.Dataset, Partition);

    private string NewName => FactPartitions.NewDay(Contract.Dataset, Partition);

    public override string Table => Sql.Identifier(Contract.Domain, NewName);

    public override bool GivesLoad => Contract.Policy.LateDays == 0;

    public override string CopyOptions => sideTables is null ? ", freeze" : "";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        const string columns = """
            select string_agg(format('%I %s%s%s', attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' else '' end,
                case attname when $2 then format(' default %L', $3) when $4 then format(' default %L', $5) else '' end),
                ', ' order by case when attlen > 0 then attlen else 0 end desc, attnotnull desc, attnum)
            from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
            """;
        await using var read = new NpgsqlCommand(columns, Connection);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FactTables.Name(Contract) });
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FactTables.Partition });
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Partition.ToString("O", CultureInfo.InvariantCulture) });
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FactTables.Load });
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = loadId.ToString(CultureInfo.InvariantCulture) });
        var create = $"drop table if exists {Table}; create table {Table} ({await read.ExecuteScalarAsync(cancellationToken)})";
        await (sideTables?.CreateAsync(Table, create, cancellationToken) ?? ExecuteAsync(create, cancellationToken));
    }

    public override Task<IReadOnlyList<NpgsqlConnection>> OpenCopiersAsync(CancellationToken cancellationToken) =>
        sideTables?.OpenCopiersAsync(cancellationToken) ?? base.OpenCopiersAsync(cancellationToken);

    /// <summary>With the statistics, which the checks are planned by, and which readers would otherwise do without for a while.</summary>
    public override Task BuildKeyAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        select set_config('maintenance_work_mem', '{KeyMemoryMegabytes}MB', true)
            where pg_size_bytes(current_setting('maintenance_work_mem')) < {KeyMemoryMegabytes}::bigint << 20;
        alter table {Table} add constraint {Sql.Identifier($"{NewName}_pkey")} primary key ({FactTables.KeyColumns(Contract)});
        analyze {Table}
        """,
        cancellationToken);

    public override Task PublishAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        {(replaced is null ? "" : $"drop table {replaced};")}
        alter table {Table} alter column {FactTables.Partition} drop default, alter column {FactTables.Load} drop default;
        alter table {Table} rename constraint {Sql.Identifier($"{NewName}_pkey")} to {Sql.Identifier($"{Name}_pkey")};
        alter table {Table} rename to {Sql.Identifier(Name)};
        alter table {FactTables.Name(Contract)} attach partition {Sql.Identifier(Contract.Domain, Name)}
            {FactPartitions.Bounds(Partition, Partition.AddDays(1))}
        """,
        cancellationToken);
}
