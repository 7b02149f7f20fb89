using System.Text;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Compatibility;
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

    /// <summary>PostgreSQL takes 1,600, those of dropped columns included.</summary>
    private const int MaxColumns = 1_550;

    /// <summary>The fact table of a contract.</summary>
    public static string Name(DatasetContract contract) => Sql.Identifier(contract.Domain, contract.Dataset);

    /// <summary>All columns in the order in which rows are copied.</summary>
    public static string ColumnList(DatasetContract contract) =>
        Sql.Identifiers(contract.Columns.Select(column => column.Name).Concat([Partition, Load, Line]));

    /// <summary>The columns of a row without those that are the same in all rows of a load.</summary>
    public static string RowColumnList(DatasetContract contract) =>
        Sql.Identifiers(contract.Columns.Select(column => column.Name).Append(Line));

    /// <summary>The columns of the primary key.</summary>
    public static string KeyColumns(DatasetContract contract) => Sql.Identifiers([Partition, .. contract.Key]);

    /// <summary>Brings the tables of the domain up to its contracts. Costs one query when nothing changed.</summary>
    /// <exception cref="ConfigurationFaultException">A contract changed in a way that the rows in the table do not allow.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource dataSource, Domain domain, CancellationToken cancellationToken)
    {
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            if (Changes(domain, await FactTableReader.ReadAsync(connection, domain, cancellationToken)).Length == 0)
            {
                return;
            }
        }

        // Loads of several dates may start at once; one changes the tables, the others find them changed.
        await using var held = await LockAsync(dataSource, domain, cancellationToken);
        var changes = Changes(domain, await FactTableReader.ReadAsync(held.Connection, domain, cancellationToken));
        if (changes.Length > 0)
        {
            await using var command = new NpgsqlCommand(changes, held.Connection) { CommandTimeout = 0 };
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.FeatureNotSupported)
            {
                var views = await FactTableReader.ViewsAsync(held.Connection, domain, cancellationToken);
                throw new ConfigurationFaultException(
                    $"{domain.Name}: a column's type cannot be widened while a view reads it; views on the fact tables: {string.Join(", ", views)}. "
                    + "Drop them (the next dbt_build makes them again), or build those models as ephemeral or as tables.",
                    error);
            }
        }
    }

    /// <summary>
    /// Adds columns that a file has and its contract does not know, as optional text. Columns that are there already stay as they are. Call it
    /// before the load's transaction: it waits for the transactions that write to the table.
    /// </summary>
    /// <exception cref="DataFaultException">The table would have more columns than PostgreSQL takes.</exception>
    public static async Task AddColumnsAsync(
        NpgsqlDataSource dataSource, Domain domain, DatasetContract contract, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(dataSource, domain, cancellationToken);
        var tables = await FactTableReader.ReadAsync(held.Connection, domain, cancellationToken);
        var missing = names.Except(tables[contract.Dataset].Columns.Keys, StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        if (tables[contract.Dataset].Columns.Count + missing.Count > MaxColumns)
        {
            throw new DataFaultException(
                $"{contract.Domain}.{contract.Dataset}: {missing.Count} columns that the contract does not know would make more than {MaxColumns} of the "
                + "fact table. Correct the file, or say schemaEvolution: freeze.");
        }

        var columns = missing.Select(name => $"add column {Sql.Identifier(name)} text");
        await using var command = new NpgsqlCommand($"alter table {Name(contract)} {string.Join(", ", columns)}", held.Connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Keeps other changes of the domain's tables away.</summary>
    public static Task<AdvisoryLock> LockAsync(NpgsqlDataSource dataSource, Domain domain, CancellationToken cancellationToken) =>
        AdvisoryLock.AcquireAsync(dataSource, $"platform.facts.{domain.Name}", cancellationToken);

    private static string Changes(Domain domain, IReadOnlyDictionary<string, FactTableShape> tables)
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
            yield return Comment(contract);
        }

        foreach (var column in contract.Columns.Where(column => column.Description.Length > 0))
        {
            yield return Comment(contract, column);
        }
    }

    private static IEnumerable<string> Evolve(DatasetContract contract, FactTableShape table)
    {
        var changes = TableComparison.Of(contract, table).ToList();
        if (changes.Where(change => change.IsBreaking).ToList() is { Count: > 0 } breaking)
        {
            throw new ConfigurationFaultException(
                $"{contract.File}: breaking change of {contract.Domain}.{contract.Dataset}: {string.Join("; ", breaking)}. " +
                "Give the dataset a new name, or migrate its fact table first.");
        }

        return changes.SelectMany(change => Follow(contract, change));
    }

    private static IEnumerable<string> Follow(DatasetContract contract, ContractChange change)
    {
        if (change.Column is not { } name)
        {
            return [Comment(contract)];
        }

        var column = contract.Column(name);
        var alter = $"alter table {Name(contract)}";
        return change.Kind switch
        {
            ChangeKind.ColumnAdded => [$"{alter} add column {Definition(column)}", Comment(contract, column)],
            ChangeKind.Type => [$"{alter} alter column {Sql.Identifier(name)} type {column.SqlType}"],
            ChangeKind.Required => [$"{alter} alter column {Sql.Identifier(name)} drop not null"],
            ChangeKind.Description => [Comment(contract, column)],
            _ => throw new InvalidOperationException($"A fact table cannot follow '{change}'."),
        };
    }

    /// <summary>
    /// Partitions a table that is not, in place: what is there becomes the partition of everything before the month, or day, after its last date.
    /// </summary>
    private static IEnumerable<string> Divide(DatasetContract contract, FactTableShape table)
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

    private static string Definition(ContractColumn column) =>
        $"{Sql.Identifier(column.Name)} {column.SqlType}{(column.Required ? " not null" : "")}";

    private static string Comment(DatasetContract contract) =>
        $"comment on table {Name(contract)} is {Sql.Literal(contract.Description)}";

    private static string Comment(DatasetContract contract, ContractColumn column) =>
        $"comment on column {Name(contract)}.{Sql.Identifier(column.Name)} is {Sql.Literal(column.Description)}";
}
