using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>A partition as the warehouse has it.</summary>
/// <param name="Rows">Rows of the fact table.</param>
/// <param name="Sums">Sums of the control columns, in contract order.</param>
/// <param name="Doubled">Unique columns of which at least two rows have the same value.</param>
/// <param name="Broken">References with at least one row that refers to nothing.</param>
internal sealed record PartitionCount(
    long Rows, IReadOnlyList<decimal> Sums, IReadOnlyList<ContractColumn> Doubled, IReadOnlyList<ContractReference> Broken)
{
    public bool HasFaults => Doubled.Count + Broken.Count > 0;
}

/// <summary>The checks that need more than one row: duplicate keys, unique columns, references. Done by the warehouse, on the rows just copied.</summary>
internal sealed class PartitionChecks(
    NpgsqlConnection connection, DatasetContract contract, DateOnly partition, string table, PartitionTables tables)
{
    private const int LinesAtOnce = 5_000;

    /// <summary>What was refused, with a line per reason; made when the first row is.</summary>
    public const string Faults = "pg_temp.load_fault";

    /// <summary>Whether there are <see cref="Faults"/>.</summary>
    public bool HasFaults { get; private set; }

    /// <summary>Sums of the control columns over the rows that these checks refused, in contract order.</summary>
    public decimal[] RefusedSums { get; } = new decimal[contract.ControlSums.Count];

    /// <summary>Decides on the rows whose key was probably seen before: of rows with the same key the first stays.</summary>
    /// <param name="order">The column of the suspects that says which is the first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ResolveSuspectsAsync(string order, CancellationToken cancellationToken)
    {
        var columns = FactTables.ColumnList(contract);
        await CreateFaultsAsync(cancellationToken);
        // Its statistics, and with them the way by the key's index, are there only when asked for.
        await ExecuteAsync($"analyze {PartitionCopy.Suspects}", cancellationToken);
        var entered = await ExecuteAsync(
            $"insert into {table} ({columns}) select {columns} from {PartitionCopy.Suspects} order by {order} on conflict do nothing",
            cancellationToken);
        if (entered < await CountSuspectsAsync(cancellationToken))
        {
            await RefuseDuplicatesAsync(cancellationToken);
        }

        await ExecuteAsync($"drop table {PartitionCopy.Suspects}", cancellationToken);
    }

    private async Task RefuseDuplicatesAsync(CancellationToken cancellationToken)
    {
        var sameKey = string.Join(" and ", contract.Key.Select(name => $"f.{Sql.Identifier(name)} = s.{Sql.Identifier(name)}"));
        var duplicates = $"""
            from {PartitionCopy.Suspects} s join {table} f on f.{FactTables.Partition} = $1 and {sameKey}
            where f.{FactTables.Line} <> s.{FactTables.Line}
            """;
        var key = string.Join(", ", contract.Key);
        var value = $"concat_ws(', ', {string.Join(", ", contract.Key.Select(name => $"s.{Sql.Identifier(name)}"))})";
        await ExecuteAsync(
            $"""
            insert into {Faults}
            select s.{FactTables.Line}, 0, {Sql.Literal(key)}, {Sql.Literal(Rules.Unique)}, {value},
                format('%s is %s as in line %s; a key is expected once in a partition, and the first line stays.',
                    {Sql.Literal(key)}, {value}, f.{FactTables.Line})
            {duplicates}
            """,
            cancellationToken,
            Partition());
        await AddRefusedAsync($"select {Sums("s")} {duplicates}", cancellationToken);
    }

    private async Task<long> CountSuspectsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select count(*) from {PartitionCopy.Suspects}", connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// Counts the partition as the warehouse has it (what was sent and did not arrive shows here) and, in the same scan, the rows that refer to
    /// nothing.
    /// </summary>
    public async Task<PartitionCount> CountAsync(CancellationToken cancellationToken)
    {
        var unique = contract.Columns.Where(column => column.Unique).ToList();
        var doubled = unique.Select(column => $"count(f.{Sql.Identifier(column.Name)}) - count(distinct f.{Sql.Identifier(column.Name)})");
        var references = contract.References.Index().ToList();
        var sums = contract.ControlSums.Select(name => $"coalesce(sum(f.{Sql.Identifier(name)}), 0)::numeric");
        var broken = references.Select(item => $"count(*) filter (where {Column(item.Item)} is not null and r{item.Index}.{FactTables.Line} is null)");
        var targets = new List<string>();
        foreach (var (index, reference) in references)
        {
            targets.Add($"""
                left join {await tables.FindAsync(reference.ToDomain, reference.ToDataset, cancellationToken)} r{index}
                    on r{index}.{FactTables.Partition} = $1 and r{index}.{Sql.Identifier(reference.ToColumn)} = {Column(reference)}
                """);
        }

        await using var command = new NpgsqlCommand(
            $"""
            select {string.Join(", ", ["count(*)", .. sums, .. doubled, .. broken])}
            from {table} f {string.Join('\n', targets)}
            where f.{FactTables.Partition} = $1
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(Partition());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var firstUnique = 1 + contract.ControlSums.Count;
        var firstReference = firstUnique + unique.Count;
        return new PartitionCount(
            reader.GetInt64(0),
            [.. contract.ControlSums.Select((_, index) => reader.GetDecimal(1 + index))],
            [.. unique.Where((_, index) => reader.GetInt64(firstUnique + index) > 0)],
            [.. references.Where(item => reader.GetInt64(firstReference + item.Index) > 0).Select(item => item.Item)]);
    }

    /// <summary>
    /// Takes out the rows whose value of a unique column another row has, and those whose value of a reference is no key of the other dataset's
    /// partition.
    /// </summary>
    /// <param name="counted">Says which columns and references have such rows.</param>
    /// <param name="newcomers">Lines that came after all others and give way to them, in their order; of the others the first line stays.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task RefuseAsync(PartitionCount counted, int[] newcomers, CancellationToken cancellationToken)
    {
        await CreateFaultsAsync(cancellationToken);
        foreach (var (index, column) in counted.Doubled.Index())
        {
            var name = Sql.Identifier(column.Name);
            await ExecuteAsync(
                $"""
                insert into {Faults}
                select d.line, {(index + 1).ToString(CultureInfo.InvariantCulture)}, {Sql.Literal(column.Name)}, {Sql.Literal(Rules.Unique)}, d.value,
                    format('%s is %s as in line %s; a value is expected once in a partition, and the first line stays.',
                        {Sql.Literal(column.Name)}, d.value, d.first_line)
                from (
                    select f.{FactTables.Line} as line, f.{name}::text as value, row_number() over same as number,
                        first_value(f.{FactTables.Line}) over same as first_line
                    from {table} f left join unnest($2) with ordinality n (line, position) on n.line = f.{FactTables.Line}
                    where f.{FactTables.Partition} = $1 and f.{name} is not null
                    window same as (partition by f.{name} order by n.position nulls first, f.{FactTables.Line})) d
                where d.number > 1
                """,
                cancellationToken,
                Partition(),
                new NpgsqlParameter<int[]> { TypedValue = newcomers });
        }

        foreach (var (index, reference) in counted.Broken.Index())
        {
            var column = Column(reference);
            await ExecuteAsync(
                $"""
                insert into {Faults}
                select f.{FactTables.Line}, {(counted.Doubled.Count + index + 1).ToString(CultureInfo.InvariantCulture)}, {Sql.Literal(reference.Column)},
                    {Sql.Literal(Rules.Reference)}, {column}::text,
                    format('%s is %s; expected a %s of %s in the partition %s.', {Sql.Literal(reference.Column)}, {column},
                        {Sql.Literal(reference.ToColumn)}, {Sql.Literal($"{reference.ToDomain}.{reference.ToDataset}")}, $1)
                from {table} f where f.{FactTables.Partition} = $1 and {column} is not null and not exists (
                    select from {await tables.FindAsync(reference.ToDomain, reference.ToDataset, cancellationToken)} r
                    where r.{FactTables.Partition} = $1 and r.{Sql.Identifier(reference.ToColumn)} = {column})
                """,
                cancellationToken,
                Partition());
        }

        await RemoveAsync(cancellationToken);
    }

    /// <summary>Takes out the rows of a day whose key is in another load's rows of that day.</summary>
    /// <param name="there">The quoted table that has them.</param>
    /// <param name="date">The day.</param>
    /// <param name="day">SQL of a row's day.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task RefuseClashesAsync(string there, DateOnly date, string day, CancellationToken cancellationToken)
    {
        await CreateFaultsAsync(cancellationToken);
        var key = string.Join(", ", contract.Key);
        var value = $"concat_ws(', ', {string.Join(", ", contract.Key.Select(name => $"f.{Sql.Identifier(name)}"))})";
        await ExecuteAsync(
            $"""
            insert into {Faults}
            select f.{FactTables.Line}, {int.MaxValue.ToString(CultureInfo.InvariantCulture)}, {Sql.Literal(key)}, {Sql.Literal(Rules.Unique)}, {value},
                format('%s is %s as in the partition %s, where load %s brought it; a key is expected once in a partition, and the row that is there stays.',
                    {Sql.Literal(key)}, {value}, $2, t.{FactTables.Load})
            from {table} f join {there} t on t.{FactTables.Partition} = $2
                and {string.Join(" and ", contract.Key.Select(name => $"t.{Sql.Identifier(name)} = f.{Sql.Identifier(name)}"))}
            where f.{FactTables.Partition} = $1 and {day} = $2
            """,
            cancellationToken,
            Partition(),
            new NpgsqlParameter<DateOnly> { TypedValue = date, NpgsqlDbType = NpgsqlDbType.Date });
        await RemoveAsync(cancellationToken);
    }

    /// <summary>Takes the refused rows out of the table; what it does not hold any more it does not count again.</summary>
    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await AddRefusedAsync(
            $"""
            with removed as (
                delete from {table} f using (select distinct line from {Faults} where position > 0) fault
                where f.{FactTables.Partition} = $1 and f.{FactTables.Line} = fault.line
                returning f.*)
            select {Sums("removed")} from removed
            """,
            cancellationToken);
    }

    /// <summary>Writes the refused rows to quarantine, with their lines from a second reading of the files that have some.</summary>
    public async Task QuarantineAsync(
        IReadOnlyList<LoadedFile> files,
        Func<ManifestFile, CancellationToken, Task<(CsvRecords Records, RowCheck Check)>> open,
        QuarantineWriter quarantine,
        CancellationToken cancellationToken)
    {
        if (!HasFaults)
        {
            return;
        }

        foreach (var file in files)
        {
            CsvRecords? records = null;
            RowCheck? check = null;
            try
            {
                var after = file.LineOffset;
                while (await FaultsAsync(after, file.LastLine, cancellationToken) is { Count: > 0 } faults)
                {
                    if (records is null)
                    {
                        (records, check) = await open(file.File, cancellationToken);
                    }

                    after = faults[^1].Line;
                    for (var index = 0; index < faults.Count; index++)
                    {
                        var line = faults[index].Line - file.LineOffset;
                        while (await records.ReadAsync(cancellationToken) && records.Line < line)
                        {
                        }

                        faults[index] = faults[index].WithLine(line, records.Raw, check!.StakeOf(records));
                    }

                    await quarantine.WriteAsync(LandingPath.For(contract.Domain, partition) + "/" + file.File.Name, faults, cancellationToken);
                }
            }
            finally
            {
                if (records is not null)
                {
                    await records.DisposeAsync();
                }
            }
        }

        await DropFaultsAsync(cancellationToken);
    }

    /// <summary>Forgets what was refused; the next rows are checked anew.</summary>
    public async Task DropFaultsAsync(CancellationToken cancellationToken)
    {
        if (HasFaults)
        {
            await ExecuteAsync($"drop table {Faults}", cancellationToken);
            HasFaults = false;
        }
    }

    private async Task<List<RejectedRow>> FaultsAsync(int after, int last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select line, (array_agg(column_name order by position))[1], (array_agg(rule order by position))[1],
                (array_agg(value order by position))[1], string_agg(message, ' ' order by position)
            from pg_temp.load_fault where line > $1 and line <= $2 group by line order by line limit $3
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = last });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = LinesAtOnce });
        var faults = new List<RejectedRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            faults.Add(new RejectedRow(
                reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), RawLine: ""));
        }

        return faults;
    }

    private async Task CreateFaultsAsync(CancellationToken cancellationToken)
    {
        if (!HasFaults)
        {
            await ExecuteAsync(
                """
                create temporary table load_fault (
                    line integer not null, position integer not null, column_name text not null, rule text not null, value text not null,
                    message text not null) on commit drop
                """,
                cancellationToken);
            HasFaults = true;
        }
    }

    private string Sums(string source) => contract.ControlSums.Count == 0
        ? "1"
        : string.Join(", ", contract.ControlSums.Select(name => $"coalesce(sum({source}.{Sql.Identifier(name)}), 0)::numeric"));

    private async Task AddRefusedAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(Partition());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            for (var index = 0; index < RefusedSums.Length; index++)
            {
                RefusedSums[index] += reader.GetDecimal(index);
            }
        }
    }

    private NpgsqlParameter Partition() => new NpgsqlParameter<DateOnly> { TypedValue = partition, NpgsqlDbType = NpgsqlDbType.Date };

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Column(ContractReference reference) => $"f.{Sql.Identifier(reference.Column)}";
}
