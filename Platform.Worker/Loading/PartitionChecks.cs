using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>A partition as the warehouse has it.</summary>
/// <param name="Rows">Rows of the fact table.</param>
/// <param name="Sums">Sums of the control columns, in contract order.</param>
/// <param name="Broken">References with at least one row that refers to nothing.</param>
internal sealed record PartitionCount(long Rows, IReadOnlyList<decimal> Sums, IReadOnlyList<ContractReference> Broken);

/// <summary>The checks that need more than one row: duplicate keys and references. Done by the warehouse, on the rows just copied.</summary>
internal sealed class PartitionChecks(NpgsqlConnection connection, DatasetContract contract, DateOnly partition)
{
    private const int LinesAtOnce = 5_000;

    private readonly string _fact = FactTables.Name(contract);
    private bool _hasFaults;

    /// <summary>Sums of the control columns over the rows that these checks refused, in contract order.</summary>
    public decimal[] RefusedSums { get; } = new decimal[contract.ControlSums.Count];

    /// <summary>Decides on the rows whose key was probably seen before: of rows with the same key the first stays.</summary>
    public async Task ResolveSuspectsAsync(CancellationToken cancellationToken)
    {
        var columns = FactTables.ColumnList(contract);
        await ExecuteAsync(
            $"insert into {_fact} ({columns}) select {columns} from {PartitionCopy.Suspects} order by {FactTables.Line} on conflict do nothing",
            cancellationToken);

        var sameKey = string.Join(" and ", contract.Key.Select(name => $"f.{Sql.Identifier(name)} = s.{Sql.Identifier(name)}"));
        var duplicates = $"""
            from {PartitionCopy.Suspects} s join {_fact} f on f.{FactTables.Partition} = $1 and {sameKey}
            where f.{FactTables.Line} <> s.{FactTables.Line}
            """;
        var key = string.Join(", ", contract.Key);
        var value = $"concat_ws(', ', {string.Join(", ", contract.Key.Select(name => $"s.{Sql.Identifier(name)}"))})";
        await CreateFaultsAsync(cancellationToken);
        await ExecuteAsync(
            $"""
            insert into pg_temp.load_fault
            select s.{FactTables.Line}, 0, {Sql.Literal(key)}, {Sql.Literal(Rules.Unique)}, {value},
                format('%s is %s as in line %s; a key is expected once in a partition, and the first line stays.',
                    {Sql.Literal(key)}, {value}, f.{FactTables.Line})
            {duplicates}
            """,
            cancellationToken,
            Partition());
        await AddRefusedAsync($"select {Sums("s")} {duplicates}", cancellationToken);
        await ExecuteAsync($"drop table {PartitionCopy.Suspects}", cancellationToken);
    }

    /// <summary>
    /// Counts the partition as the warehouse has it (what was sent and did not arrive shows here) and, in the same scan, the rows that refer to
    /// nothing.
    /// </summary>
    public async Task<PartitionCount> CountAsync(CancellationToken cancellationToken)
    {
        var references = contract.References.Index().ToList();
        var sums = contract.ControlSums.Select(name => $"coalesce(sum(f.{Sql.Identifier(name)}), 0)::numeric");
        var broken = references.Select(item => $"count(*) filter (where {Column(item.Item)} is not null and r{item.Index}.{FactTables.Line} is null)");
        var targets = references.Select(item => $"""
            left join {Sql.Identifier(item.Item.ToDomain, item.Item.ToDataset)} r{item.Index}
                on r{item.Index}.{FactTables.Partition} = $1 and r{item.Index}.{Sql.Identifier(item.Item.ToColumn)} = {Column(item.Item)}
            """);
        await using var command = new NpgsqlCommand(
            $"""
            select {string.Join(", ", ["count(*)", .. sums, .. broken])}
            from {_fact} f {string.Join('\n', targets)}
            where f.{FactTables.Partition} = $1
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(Partition());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var firstReference = 1 + contract.ControlSums.Count;
        return new PartitionCount(
            reader.GetInt64(0),
            [.. contract.ControlSums.Select((_, index) => reader.GetDecimal(1 + index))],
            [.. references.Where(item => reader.GetInt64(firstReference + item.Index) > 0).Select(item => item.Item)]);
    }

    /// <summary>Takes out the rows whose value of one of the references is no key of the other dataset's partition.</summary>
    public async Task RefuseBrokenAsync(IReadOnlyList<ContractReference> references, CancellationToken cancellationToken)
    {
        await CreateFaultsAsync(cancellationToken);
        foreach (var (index, reference) in references.Index())
        {
            var column = Column(reference);
            await ExecuteAsync(
                $"""
                insert into pg_temp.load_fault
                select f.{FactTables.Line}, {(index + 1).ToString(CultureInfo.InvariantCulture)}, {Sql.Literal(reference.Column)},
                    {Sql.Literal(Rules.Reference)}, {column}::text,
                    format('%s is %s; expected a %s of %s in the partition %s.', {Sql.Literal(reference.Column)}, {column},
                        {Sql.Literal(reference.ToColumn)}, {Sql.Literal($"{reference.ToDomain}.{reference.ToDataset}")}, $1)
                from {_fact} f where f.{FactTables.Partition} = $1 and {column} is not null and not exists (
                    select from {Sql.Identifier(reference.ToDomain, reference.ToDataset)} r
                    where r.{FactTables.Partition} = $1 and r.{Sql.Identifier(reference.ToColumn)} = {column})
                """,
                cancellationToken,
                Partition());
        }

        await AddRefusedAsync(
            $"""
            with removed as (
                delete from {_fact} f using (select distinct line from pg_temp.load_fault where position > 0) fault
                where f.{FactTables.Partition} = $1 and f.{FactTables.Line} = fault.line
                returning f.*)
            select {Sums("removed")} from removed
            """,
            cancellationToken);
    }

    /// <summary>Writes the refused rows to quarantine, with their lines from a second reading of the file.</summary>
    public async Task QuarantineAsync(
        Func<CancellationToken, Task<CsvRecords>> open, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        if (!_hasFaults)
        {
            return;
        }

        await using var records = await open(cancellationToken);
        var line = 0;
        while (await FaultsAfterAsync(line, cancellationToken) is { Count: > 0 } faults)
        {
            for (var index = 0; index < faults.Count; index++)
            {
                line = faults[index].Line;
                while (await records.ReadAsync(cancellationToken) && records.Line < line)
                {
                }

                faults[index] = faults[index] with { RawLine = Encoding.UTF8.GetString(records.Raw) };
            }

            await quarantine.WriteAsync(faults, cancellationToken);
        }

        await ExecuteAsync("drop table pg_temp.load_fault", cancellationToken);
    }

    private async Task<List<RejectedRow>> FaultsAfterAsync(int line, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select line, (array_agg(column_name order by position))[1], (array_agg(rule order by position))[1],
                (array_agg(value order by position))[1], string_agg(message, ' ' order by position)
            from pg_temp.load_fault where line > $1 group by line order by line limit $2
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = line });
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
        if (!_hasFaults)
        {
            await ExecuteAsync(
                """
                create temporary table load_fault (
                    line integer not null, position integer not null, column_name text not null, rule text not null, value text not null,
                    message text not null) on commit drop
                """,
                cancellationToken);
            _hasFaults = true;
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

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Column(ContractReference reference) => $"f.{Sql.Identifier(reference.Column)}";
}
