using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>Which table holds a fact table's rows of one date.</summary>
/// <param name="Table">The quoted table; null when the date has none yet.</param>
/// <param name="IsOneDay">Whether the table holds that date only, so that it can be replaced whole.</param>
/// <param name="WantsMonth">Whether a table for the date's month is to be made.</param>
internal sealed record FactPartition(string? Table, bool IsOneDay, bool WantsMonth);

/// <summary>
/// The partitions of partitioned fact tables, found by name, so that finding one costs the same however many there are:
/// <c>orders_202601</c>, <c>orders_20260131</c>, and <c>orders_earlier</c> for what was there before the table was partitioned.
/// </summary>
/// <remarks>
/// What is there decides, the contract decides what is new: dates that a wider partition covers stay in it, and a month of which days have
/// partitions of their own gets more of those.
/// </remarks>
internal static partial class FactPartitions
{
    /// <summary>Longest name of a dataset whose fact table is partitioned, in bytes: <c>_20260131_new_pkey</c> is added to it.</summary>
    public const int MaxDatasetBytes = Sql.MaxIdentifierBytes - 18;

    public static string Day(string dataset, DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{dataset}_{date:yyyyMMdd}");

    /// <summary>The table that becomes the day's partition.</summary>
    public static string NewDay(string dataset, DateOnly date) => $"{Day(dataset, date)}_new";

    public static string Month(string dataset, DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{dataset}_{date:yyyyMM}");

    public static string Earlier(string dataset) => $"{dataset}_earlier";

    /// <summary>The bounds of a partition, for <c>ATTACH PARTITION</c> and <c>PARTITION OF</c>.</summary>
    public static string Bounds(DateOnly from, DateOnly to) => string.Create(
        CultureInfo.InvariantCulture, $"for values from ('{from:yyyy-MM-dd}') to ('{to:yyyy-MM-dd}')");

    /// <summary>Finds where the fact table keeps a date.</summary>
    /// <param name="connection">Where to ask.</param>
    /// <param name="domain">Schema of the fact table.</param>
    /// <param name="dataset">Its name.</param>
    /// <param name="partitioning">What the contract says; null when only what is there counts.</param>
    /// <param name="date">The data date.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<FactPartition> FindAsync(
        NpgsqlConnection connection, string domain, string dataset, FactPartitioning? partitioning, DateOnly date, CancellationToken cancellationToken)
    {
        const string sql = """
            select fact.relkind = 'p', part.relname, pg_get_expr(part.relpartbound, part.oid)
            from pg_class fact
            left join pg_class part on part.relnamespace = fact.relnamespace and part.relispartition and part.relname = any ($2)
            where fact.oid = to_regclass($1)
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Sql.Identifier(domain, dataset) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Candidates(dataset, date) });
        var isPartitioned = false;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            isPartitioned = reader.GetBoolean(0);
            if (!await reader.IsDBNullAsync(1, cancellationToken))
            {
                found[reader.GetString(1)] = reader.GetString(2);
            }
        }

        return isPartitioned ? Choose(domain, dataset, partitioning, date, found) : new FactPartition(Sql.Identifier(domain, dataset), false, false);
    }

    /// <summary>
    /// Makes the month partitions that a load of the date needs, before its transaction: made within it, they would keep other loads from the
    /// fact table until its end. Costs a query per dataset when all are there.
    /// </summary>
    public static async Task EnsureMonthsAsync(NpgsqlDataSource dataSource, Domain domain, DateOnly date, CancellationToken cancellationToken)
    {
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            if ((await MissingMonthsAsync(connection, domain, date, cancellationToken)).Length == 0)
            {
                return;
            }
        }

        await using var held = await FactTables.LockAsync(dataSource, domain, cancellationToken);
        if (await MissingMonthsAsync(held.Connection, domain, date, cancellationToken) is { Length: > 0 } missing)
        {
            await using var command = new NpgsqlCommand(missing, held.Connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<string> MissingMonthsAsync(
        NpgsqlConnection connection, Domain domain, DateOnly date, CancellationToken cancellationToken)
    {
        var statements = new List<string>();
        var first = new DateOnly(date.Year, date.Month, 1);
        foreach (var contract in domain.Datasets)
        {
            var found = await FindAsync(connection, contract.Domain, contract.Dataset, contract.Policy.Partitioning, date, cancellationToken);
            if (found.WantsMonth)
            {
                // ATTACH lets running loads go on; PARTITION OF would wait for them.
                var month = Sql.Identifier(contract.Domain, Month(contract.Dataset, date));
                statements.Add($"create table {month} (like {FactTables.Name(contract)})");
                statements.Add($"alter table {FactTables.Name(contract)} attach partition {month} {Bounds(first, first.AddMonths(1))}");
            }
        }

        return string.Join(";\n", statements);
    }

    private static FactPartition Choose(
        string domain, string dataset, FactPartitioning? partitioning, DateOnly date, Dictionary<string, string> found)
    {
        if (found.ContainsKey(Day(dataset, date)))
        {
            return new FactPartition(Sql.Identifier(domain, Day(dataset, date)), true, false);
        }

        if (found.ContainsKey(Month(dataset, date)))
        {
            return new FactPartition(Sql.Identifier(domain, Month(dataset, date)), false, false);
        }

        if (found.Remove(Earlier(dataset), out var bounds) && date < UpperBound(bounds))
        {
            return new FactPartition(Sql.Identifier(domain, Earlier(dataset)), false, false);
        }

        // A partitioned table stays partitioned, also when its contract no longer asks for it.
        return new FactPartition(null, true, WantsMonth: partitioning != FactPartitioning.Day && found.Count == 0);
    }

    /// <summary>Every name that a partition with rows of the date's month can have.</summary>
    private static string[] Candidates(string dataset, DateOnly date) =>
    [
        Earlier(dataset),
        Month(dataset, date),
        .. Enumerable.Range(1, DateTime.DaysInMonth(date.Year, date.Month)).Select(day => Day(dataset, new DateOnly(date.Year, date.Month, day))),
    ];

    private static DateOnly UpperBound(string bounds) => DateOnly.ParseExact(
        UpperBoundPattern().Match(bounds).Groups[1].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"TO \('([0-9-]{10})'\)$")]
    private static partial Regex UpperBoundPattern();
}
