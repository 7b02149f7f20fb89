using System.Text;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>
/// Makes a domain's fact tables what its contracts say: creates what is missing, adds optional columns, widens types, and refuses by name
/// what would change rows that are there.
/// </summary>
/// <remarks>
/// The primary key starts with <c>_partition</c>: replacing a partition costs the partition, whatever the history.
/// </remarks>
internal static class FactTables
{
    public const string Partition = "_partition";
    public const string Load = "_load";
    public const string Line = "_line";

    /// <summary>The fact table of a contract.</summary>
    public static string Name(DatasetContract contract) => Sql.Identifier(contract.Domain, contract.Dataset);

    /// <summary>All columns in the order in which rows are copied.</summary>
    public static string ColumnList(DatasetContract contract) =>
        Sql.Identifiers(contract.Columns.Select(column => column.Name).Concat([Partition, Load, Line]));

    /// <summary>The columns of the primary key.</summary>
    public static string KeyColumns(DatasetContract contract) => Sql.Identifiers([Partition, .. contract.Key]);

    /// <summary>Brings the tables of the domain up to its contracts. Costs one query when nothing changed.</summary>
    /// <exception cref="ConfigurationFaultException">A contract changed in a way that the rows in the table do not allow.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource dataSource, Domain domain, CancellationToken cancellationToken)
    {
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            if (Changes(domain, await ReadAsync(connection, domain, cancellationToken)).Length == 0)
            {
                return;
            }
        }

        // Loads of several dates may start at once; one changes the tables, the others find them changed.
        await using var held = await LockAsync(dataSource, domain, cancellationToken);
        var changes = Changes(domain, await ReadAsync(held.Connection, domain, cancellationToken));
        if (changes.Length > 0)
        {
            await using var command = new NpgsqlCommand(changes, held.Connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Keeps other changes of the domain's tables away.</summary>
    public static Task<AdvisoryLock> LockAsync(NpgsqlDataSource dataSource, Domain domain, CancellationToken cancellationToken) =>
        AdvisoryLock.AcquireAsync(dataSource, $"platform.facts.{domain.Name}", cancellationToken);

    private static string Changes(Domain domain, Dictionary<string, Table> tables)
    {
        if (domain.Datasets.FirstOrDefault(contract =>
            IsPartitioned(contract) && Encoding.UTF8.GetByteCount(contract.Dataset) > FactPartitions.MaxDatasetBytes) is { } tooLong)
        {
            throw new ConfigurationFaultException(
                $"{tooLong.File}: the name of {tooLong.Domain}.{tooLong.Dataset} is too long for a partitioned fact table: at most "
                + $"{FactPartitions.MaxDatasetBytes} bytes. Give the dataset a shorter name, or do without 'partitioning'.");
        }

        var statements = domain.Datasets.SelectMany(contract =>
            tables.TryGetValue(contract.Dataset, out var table) ? Evolve(contract, table).Concat(Divide(contract, table)) : Create(contract)).ToList();
        if (statements.Count > 0)
        {
            statements.Insert(0, $"create schema if not exists {Sql.Identifier(domain.Name)}");
        }

        return string.Join(";\n", statements);
    }

    private static IEnumerable<string> Create(DatasetContract contract)
    {
        var columns = contract.Columns.Select(Definition)
            .Concat([$"{Partition} date not null", $"{Load} bigint not null", $"{Line} integer not null"]);
        yield return $"""
            create table {Name(contract)} (
                {string.Join(",\n    ", columns)},
                primary key ({KeyColumns(contract)})
            ){(IsPartitioned(contract) ? $" partition by range ({Partition})" : "")}
            """;
        if (contract.Description.Length > 0)
        {
            yield return $"comment on table {Name(contract)} is {Sql.Literal(contract.Description)}";
        }

        foreach (var column in contract.Columns.Where(column => column.Description.Length > 0))
        {
            yield return Comment(contract, column);
        }
    }

    private static IEnumerable<string> Evolve(DatasetContract contract, Table table)
    {
        if (!table.Key.SequenceEqual([Partition, .. contract.Key]))
        {
            throw Breaking(contract, $"the key is ({string.Join(", ", contract.Key)}), but the table's is ({string.Join(", ", table.Key.Skip(1))})");
        }

        foreach (var column in contract.Columns)
        {
            var name = Sql.Identifier(column.Name);
            if (!table.Columns.TryGetValue(column.Name, out var present))
            {
                yield return column.Required
                    ? throw Breaking(contract, $"column '{column.Name}' is new and required, but rows loaded before have no value for it")
                    : $"alter table {Name(contract)} add column {Definition(column)}";
                yield return Comment(contract, column);
                continue;
            }

            if (present.Type != column.SqlType)
            {
                yield return IsWider(present.Type, column)
                    ? $"alter table {Name(contract)} alter column {name} type {column.SqlType}"
                    : throw Breaking(contract, $"column '{column.Name}' is {column.SqlType}, but the table's is {present.Type}");
            }

            if (present.Required != column.Required)
            {
                yield return present.Required
                    ? $"alter table {Name(contract)} alter column {name} drop not null"
                    : throw Breaking(contract, $"column '{column.Name}' is required now, but rows loaded before may lack it");
            }
        }

        var left = table.Columns.Keys.Except(contract.Columns.Select(column => column.Name)).Except([Partition, Load, Line]).Order();
        foreach (var name in left)
        {
            if (table.Columns[name].Required)
            {
                throw Breaking(contract, $"the table's required column '{name}' is not in the contract");
            }
        }
    }

    /// <summary>
    /// Partitions a table that is not, in place: what is there becomes the partition of everything before the month, or day, after its last date.
    /// </summary>
    private static IEnumerable<string> Divide(DatasetContract contract, Table table)
    {
        if (table.IsPartitioned || !IsPartitioned(contract))
        {
            yield break;
        }

        var end = contract.Policy.Partitioning == FactPartitioning.Day
            ? $"max({Partition}) + 1"
            : $"(date_trunc('month', max({Partition})) + interval '1 month')::date";
        var earlier = Sql.Identifier(contract.Domain, FactPartitions.Earlier(contract.Dataset));
        yield return $"""
            do {Sql.Literal($"""
            declare
                earlier_end date;
            begin
                lock table {Name(contract)} in access exclusive mode;
                select {end} into earlier_end from {Name(contract)};
                alter index if exists {Sql.Identifier(contract.Domain, $"{contract.Dataset}_pkey")}
                    rename to {Sql.Identifier($"{FactPartitions.Earlier(contract.Dataset)}_pkey")};
                alter table {Name(contract)} rename to {Sql.Identifier(FactPartitions.Earlier(contract.Dataset))};
                create table {Name(contract)} (like {earlier} including comments, primary key ({KeyColumns(contract)}))
                    partition by range ({Partition});
                if earlier_end is null then
                    drop table {earlier};
                else
                    execute format('alter table %s attach partition %s for values from (minvalue) to (%L)',
                        {Sql.Literal(Name(contract))}, {Sql.Literal(earlier)}, earlier_end);
                end if;
            end
            """)}
            """;
    }

    private static bool IsPartitioned(DatasetContract contract) => contract.Policy.Partitioning != FactPartitioning.None;

    private static bool IsWider(string present, ContractColumn column)
    {
        if (present == "integer" && column.Type == ColumnType.BigInt)
        {
            return true;
        }

        if (column.Type != ColumnType.Numeric || !present.StartsWith("numeric(", StringComparison.Ordinal))
        {
            return false;
        }

        var digits = present["numeric(".Length..^1].Split(',').Select(int.Parse).ToArray();
        return column.Scale >= digits[1] && column.Precision - column.Scale >= digits[0] - digits[1];
    }

    private static ConfigurationFaultException Breaking(DatasetContract contract, string difference) => new(
        $"{contract.File}: breaking change of {contract.Domain}.{contract.Dataset}: {difference}. " +
        "Give the dataset a new name, or migrate its fact table first.");

    private static string Definition(ContractColumn column) =>
        $"{Sql.Identifier(column.Name)} {column.SqlType}{(column.Required ? " not null" : "")}";

    private static string Comment(DatasetContract contract, ContractColumn column) =>
        $"comment on column {Name(contract)}.{Sql.Identifier(column.Name)} is {Sql.Literal(column.Description)}";

    private static async Task<Dictionary<string, Table>> ReadAsync(
        NpgsqlConnection connection, Domain domain, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, array_position(i.indkey::smallint[], a.attnum),
                c.relkind = 'p'
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_index i on i.indrelid = c.oid and i.indisprimary
            where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p') and c.relname = any ($2)
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Sql.Identifier(domain.Name) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. domain.Datasets.Select(contract => contract.Dataset)] });
        var partitioned = new HashSet<string>(StringComparer.Ordinal);
        var columns = new List<(string Table, string Name, TableColumn Column)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            columns.Add((reader.GetString(0), reader.GetString(1), new TableColumn(
                reader.GetString(2), reader.GetBoolean(3), await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetInt32(4))));
            if (reader.GetBoolean(5))
            {
                partitioned.Add(reader.GetString(0));
            }
        }

        return columns.GroupBy(item => item.Table, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => new Table(
                group.ToDictionary(item => item.Name, item => item.Column, StringComparer.Ordinal),
                [.. group.Where(item => item.Column.KeyPosition is not null).OrderBy(item => item.Column.KeyPosition).Select(item => item.Name)],
                partitioned.Contains(group.Key)),
            StringComparer.Ordinal);
    }

    private sealed record Table(Dictionary<string, TableColumn> Columns, IReadOnlyList<string> Key, bool IsPartitioned);

    private sealed record TableColumn(string Type, bool Required, int? KeyPosition);
}
