using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>
/// Rows that come with the load of a later date than their own (<c>lateRows</c> of the contract) and are stored with the date that they belong to.
/// Between <see cref="GatherAsync"/> and <see cref="ScatterAsync"/> the partition holds the rows of its own load and no others, whatever their date, so
/// that everything checked and counted is the load as it came. <c>meta.late_row</c> says which rows of the facts are where.
/// </summary>
/// <param name="connection">In a transaction that holds the locks of the partition and of the dates before it.</param>
/// <param name="contract">The dataset.</param>
/// <param name="partition">The data date of the load.</param>
internal sealed class LateRows(NpgsqlConnection connection, DatasetContract contract, DateOnly partition)
{
    private readonly string _kept = $"late_kept_{Guid.NewGuid():N}";
    private bool _hasKept;

    private bool IsPossible => contract.Policy.LateDays > 0 && contract.PartitionColumn is not null;

    /// <summary>The date of a row, in UTC.</summary>
    private string Day => contract.Columns.First(column => column.Name == contract.PartitionColumn) is { Type: ColumnType.Timestamp } column
        ? $"(f.{Sql.Identifier(column.Name)} at time zone 'UTC')::date"
        : $"f.{Sql.Identifier(contract.PartitionColumn!)}";

    /// <summary>Puts rows aside that later loads brought to this date, and takes back those that this partition's load brought to earlier ones.</summary>
    /// <param name="into">The quoted table that they go back to; null when they are replaced.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task GatherAsync(string? into, CancellationToken cancellationToken)
    {
        var (own, others) = await FindAsync(cancellationToken);
        foreach (var date in own)
        {
            await TakeBackAsync(date, into, cancellationToken);
        }

        if (others.Length > 0 && await TableAsync(partition, cancellationToken) is { } table)
        {
            _hasKept = true;
            await ExecuteAsync(
                $"""
                create temporary table {_kept} (like {table}) on commit drop;
                insert into pg_temp.{_kept} ({await ColumnsAsync(cancellationToken)})
                    select {await ColumnsAsync(cancellationToken)} from {table} where {FactTables.Partition} = {Literal(partition)} and {FactTables.Load} = any ({Literal(others)});
                delete from {table} where {FactTables.Partition} = {Literal(partition)} and {FactTables.Load} = any ({Literal(others)})
                """,
                cancellationToken);
        }
    }

    /// <summary>Refuses rows whose key is in the facts of their date already, with another load: those that are there stay.</summary>
    public async Task RefuseClashesAsync(PartitionChecks checks, string table, CancellationToken cancellationToken)
    {
        foreach (var date in await DatesAsync(table, cancellationToken))
        {
            if (await TableAsync(date, cancellationToken) is { } there)
            {
                await checks.RefuseClashesAsync(there, date, Day, cancellationToken);
            }
        }

        if (_hasKept)
        {
            await checks.RefuseClashesAsync($"pg_temp.{_kept}", partition, contract.PartitionColumn is null ? Literal(partition) : Day, cancellationToken);
        }
    }

    /// <summary>Brings the rows of earlier dates to their partitions, marks these stale, and puts back what was put aside.</summary>
    /// <param name="table">The quoted table that holds the load's rows.</param>
    /// <param name="load">The load.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ScatterAsync(string table, long load, CancellationToken cancellationToken)
    {
        var dates = await DatesAsync(table, cancellationToken);
        foreach (var date in dates)
        {
            await BringAsync(table, load, date, cancellationToken);
        }

        await StaleDates.MarkAsync(
            connection, contract.Domain, contract.Dataset, dates,
            string.Create(CultureInfo.InvariantCulture, $"late rows of {partition:yyyy-MM-dd}: load {load}"), cancellationToken);
        await PutBackAsync(table, cancellationToken);
    }

    /// <summary>Puts back what was put aside, into the date's partition where no table is given.</summary>
    public async Task PutBackAsync(string? table, CancellationToken cancellationToken)
    {
        if (_hasKept)
        {
            table ??= await MakeTableAsync(partition, cancellationToken);
            await ExecuteAsync(
                $"insert into {table} ({await ColumnsAsync(cancellationToken)}) select {await ColumnsAsync(cancellationToken)} from pg_temp.{_kept}", cancellationToken);
            _hasKept = false;
        }
    }

    /// <returns>The earlier dates that have rows of this partition's load, and the later loads that have rows in this partition.</returns>
    private async Task<(DateOnly[] Own, long[] Others)> FindAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with own as (delete from meta.late_row where domain = $1 and dataset = $2 and partition = $3 returning data_date)
            select (select array_agg(distinct data_date order by data_date desc) from own),
                (select array_agg(load_id) from meta.late_row where domain = $1 and dataset = $2 and data_date = $3)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Domain });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Dataset });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (
            await reader.IsDBNullAsync(0, cancellationToken) ? [] : reader.GetFieldValue<DateOnly[]>(0),
            await reader.IsDBNullAsync(1, cancellationToken) ? [] : reader.GetFieldValue<long[]>(1));
    }

    private async Task TakeBackAsync(DateOnly date, string? into, CancellationToken cancellationToken)
    {
        if (await TableAsync(date, cancellationToken) is not { } from)
        {
            return;
        }

        var take = $"""
            delete from {from} where {FactTables.Partition} = {Literal(date)} and {FactTables.Load} in (
                select load_id from meta.partition_load
                where domain = {Sql.Literal(contract.Domain)} and dataset = {Sql.Literal(contract.Dataset)} and partition = {Literal(partition)})
            """;
        await ExecuteAsync(
            into is null
                ? take
                : $"with taken as ({take} returning *) insert into {into} ({await ColumnsAsync(cancellationToken)}) select {await ColumnsAsync(cancellationToken, partition)} from taken",
            cancellationToken);
        await StaleDates.MarkAsync(
            connection, contract.Domain, contract.Dataset, [date],
            string.Create(CultureInfo.InvariantCulture, $"late rows of {partition:yyyy-MM-dd} replaced"), cancellationToken);
    }

    private async Task BringAsync(string table, long load, DateOnly date, CancellationToken cancellationToken)
    {
        var sums = contract.ControlSums.Select(name => $"{Sql.Literal(name)}, coalesce(sum({Sql.Identifier(name)}), 0)::numeric::text");
        await ExecuteAsync(
            $"""
            with moved as (delete from {table} f where f.{FactTables.Partition} = {Literal(partition)} and {Day} = {Literal(date)} returning f.*),
            brought as (
                insert into {await MakeTableAsync(date, cancellationToken)} ({await ColumnsAsync(cancellationToken)})
                select {await ColumnsAsync(cancellationToken, date)} from moved)
            insert into meta.late_row (load_id, domain, dataset, partition, data_date, rows, control_sums)
            select {load.ToString(CultureInfo.InvariantCulture)}, {Sql.Literal(contract.Domain)}, {Sql.Literal(contract.Dataset)}, {Literal(partition)},
                {Literal(date)}, count(*), jsonb_build_object({string.Join(", ", sums)})
            from moved
            """,
            cancellationToken);
    }

    /// <summary>The dates of late rows, newest first: in the order in which partitions are locked.</summary>
    private async Task<List<DateOnly>> DatesAsync(string table, CancellationToken cancellationToken)
    {
        var dates = new List<DateOnly>();
        if (IsPossible)
        {
            await using var command = new NpgsqlCommand(
                $"""
                select distinct {Day} as day from {table} f
                where f.{FactTables.Partition} = {Literal(partition)} and {Day} < {Literal(partition)} order by day desc
                """,
                connection) { CommandTimeout = 0 };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                dates.Add(reader.GetFieldValue<DateOnly>(0));
            }
        }

        return dates;
    }

    private async Task<string?> TableAsync(DateOnly date, CancellationToken cancellationToken) =>
        (await FactPartitions.FindAsync(connection, contract.Domain, contract.Dataset, contract.Policy.Partitioning, date, cancellationToken)).Table;

    private async Task<string> MakeTableAsync(DateOnly date, CancellationToken cancellationToken)
    {
        var found = await FactPartitions.FindAsync(connection, contract.Domain, contract.Dataset, contract.Policy.Partitioning, date, cancellationToken);
        if (found.Table is { } table)
        {
            return table;
        }

        var month = new DateOnly(date.Year, date.Month, 1);
        var (name, bounds) = found.WantsMonth
            ? (FactPartitions.Month(contract.Dataset, date), FactPartitions.Bounds(month, month.AddMonths(1)))
            : (FactPartitions.Day(contract.Dataset, date), FactPartitions.Bounds(date, date.AddDays(1)));
        await ExecuteAsync($"create table {Sql.Identifier(contract.Domain, name)} partition of {FactTables.Name(contract)} {bounds}", cancellationToken);
        return Sql.Identifier(contract.Domain, name);
    }

    /// <summary>All columns of the fact table, those included that files brought along; <c>_partition</c> replaced by a date, if one is given.</summary>
    private async Task<string> ColumnsAsync(CancellationToken cancellationToken, DateOnly? date = null)
    {
        await using var command = new NpgsqlCommand(
            """
            select string_agg(case attname when $2 then $3 else quote_ident(attname) end, ', ' order by attnum)
            from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FactTables.Name(contract) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FactTables.Partition });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = date is { } given ? Literal(given) : FactTables.Partition });
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Literal(DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"date '{date:yyyy-MM-dd}'");

    private static string Literal(long[] loads) => $"array[{string.Join(", ", loads.Select(load => load.ToString(CultureInfo.InvariantCulture)))}]::bigint[]";
}
