using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading.Quality;

/// <summary>
/// Measures the quality rules of a contract on a partition's rows, before they are committed: all library metrics in one scan, each SQL rule by its
/// query.
/// </summary>
/// <param name="connection">In the transaction that holds the rows.</param>
/// <param name="contract">Whose rules.</param>
/// <param name="partition">The data date.</param>
/// <param name="table">The quoted table that holds the rows of the date.</param>
/// <param name="sqlTimeout">The longest that one SQL rule may take; 10 minutes when null.</param>
internal sealed class QualityChecks(
    NpgsqlConnection connection, DatasetContract contract, DateOnly partition, string table, TimeSpan? sqlTimeout = null)
{
    private const string Savepoint = "quality_rule";

    private readonly TimeSpan _sqlTimeout = sqlTimeout ?? TimeSpan.FromMinutes(10);

    /// <summary>The results in the order of the rules.</summary>
    /// <exception cref="ConfigurationFaultException">A rule cannot be measured: its query fails, takes too long or gives no number.</exception>
    public async Task<IReadOnlyList<CheckResult>> MeasureAsync(CancellationToken cancellationToken)
    {
        if (contract.Quality.Count == 0)
        {
            return [];
        }

        var (rows, counts) = await CountAsync([.. contract.Quality.Where(rule => rule.Metric != QualityMetric.Sql)], cancellationToken);
        var results = new List<CheckResult>();
        foreach (var rule in contract.Quality)
        {
            var number = rule.Metric == QualityMetric.Sql ? await QueryAsync(rule, cancellationToken) : counts[rule];
            results.Add(CheckResult.Of(contract, rule, number, rows));
        }

        return results;
    }

    /// <summary>Writes the results into the load's record.</summary>
    public static async Task RecordAsync(
        NpgsqlConnection connection, long loadId, IReadOnlyList<CheckResult> results, CancellationToken cancellationToken)
    {
        if (results.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        var earlier = new NpgsqlBatchCommand("delete from meta.check_result where load_id = $1");
        earlier.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        batch.BatchCommands.Add(earlier);
        foreach (var (position, result) in results.Index())
        {
            var insert = new NpgsqlBatchCommand("insert into meta.check_result values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
            insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
            insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = position });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = result.Name });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = result.Metric });
            insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. result.Columns] });
            insert.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = result.Measured });
            insert.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = result.IsPercent });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = result.Expected });
            insert.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = result.Passed });
            insert.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = result.FailsLoad });
            batch.BatchCommands.Add(insert);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<(long Rows, Dictionary<QualityRule, long> Counts)> CountAsync(
        List<QualityRule> rules, CancellationToken cancellationToken)
    {
        if (rules.Count == 0)
        {
            return (0, []);
        }

        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        command.Parameters.Add(Partition());
        var counts = rules.Select(rule => Count(rule, command.Parameters)).ToList();
        command.CommandText = $"select count(*), {string.Join(", ", counts)} from {table} f where f.{FactTables.Partition} = $1";
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return (reader.GetInt64(0), rules.Index().ToDictionary(item => item.Item, item => reader.GetInt64(1 + item.Index)));
        }
        catch (PostgresException error) when (IsTheQuerys(error))
        {
            throw new ConfigurationFaultException($"{contract.File}: the quality rules cannot be measured: {error.MessageText}. Correct their arguments.", error);
        }
    }

    private string Count(QualityRule rule, NpgsqlParameterCollection parameters)
    {
        var columns = rule.Columns.Select(name => $"f.{Sql.Identifier(name)}").ToList();
        switch (rule.Metric)
        {
            case QualityMetric.RowCount:
                return "count(*)";
            case QualityMetric.NullValues:
                return CountWhere(columns.Select(column => $"{column} is null"));
            case QualityMetric.MissingValues:
                return CountWhere(columns.Select(column => $"{column} is null or {column}::text = any ({Texts(rule.MissingValues)})"));
            case QualityMetric.DuplicateValues:
                // The rows beyond the first of each value, as quarantine counts duplicate keys; a row without a value is like no other.
                var all = string.Join(" and ", columns.Select(column => $"{column} is not null"));
                return $"count(*) filter (where {all}) - count(distinct ({string.Join(", ", columns)})) filter (where {all})";
            default:
                return CountWhere(rule.Columns.Zip(columns, (name, column) => Invalid(contract.Column(name), column)));
        }

        string Invalid(ContractColumn column, string name)
        {
            var conditions = new List<string>();
            if (rule.ValidValues.Count > 0)
            {
                conditions.Add($"{name} <> all ({Texts(rule.ValidValues)}::text[]::{column.SqlType}[])");
            }

            if (rule.Pattern is { } pattern)
            {
                parameters.Add(new NpgsqlParameter<string> { TypedValue = $"^(?:{pattern})$" });
                conditions.Add($"{name}::text !~ ${parameters.Count.ToString(CultureInfo.InvariantCulture)}");
            }

            return conditions.Count == 0 ? "false" : string.Join(" or ", conditions);
        }

        string Texts(IReadOnlyList<string> texts)
        {
            parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts] });
            return $"${parameters.Count.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    private static string CountWhere(IEnumerable<string> conditions) => $"count(*) filter (where {string.Join(" or ", conditions.Select(item => $"({item})"))})";

    /// <summary>
    /// The query is made a scalar subquery over a relation of exactly the partition's rows: it cannot be anything but one SELECT. Its
    /// savepoint is read-only, so that no function that it calls writes either, and is rolled back.
    /// </summary>
    private async Task<decimal> QueryAsync(QualityRule rule, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"savepoint {Savepoint}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local transaction_read_only = on"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"set local statement_timeout = {_sqlTimeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}"));

        // With a parameter by position the text reaches the server as it is, and the server takes one statement only.
        var query = new NpgsqlBatchCommand(
            $"""
            with {Sql.Identifier(contract.Dataset)} as not materialized (select * from {table} where {FactTables.Partition} = $1)
            select (
            {Query(rule)}
            )::numeric
            """);
        query.Parameters.Add(Partition());
        batch.BatchCommands.Add(query);
        try
        {
            var number = await ReadAsync(batch, rule, cancellationToken);
            await RollBackAsync(cancellationToken);
            return number;
        }
        catch (ConfigurationFaultException)
        {
            await RollBackAsync(cancellationToken);
            throw;
        }
    }

    private async Task<decimal> ReadAsync(NpgsqlBatch batch, QualityRule rule, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) && !await reader.IsDBNullAsync(0, cancellationToken)
                ? reader.GetDecimal(0)
                : throw Unmeasured(rule, "its query gives null; a number is expected", null);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw Unmeasured(rule, $"its query takes longer than {_sqlTimeout.TotalSeconds:0.###} s", error);
        }
        catch (PostgresException error) when (IsTheQuerys(error))
        {
            throw Unmeasured(rule, error.MessageText, error);
        }
        catch (Exception error) when (error is InvalidCastException or OverflowException)
        {
            throw Unmeasured(rule, "its query gives a number that is none (NaN, infinite or too large)", error);
        }
    }

    private async Task RollBackAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"rollback to savepoint {Savepoint}; release savepoint {Savepoint}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string Query(QualityRule rule)
    {
        var query = (rule.Query ?? "").Trim().TrimEnd(';');
        var named = Sql.Identifier(contract.Dataset);
        query = query.Replace("${table}", named, StringComparison.Ordinal).Replace("${object}", named, StringComparison.Ordinal);
        if (rule.Columns is [var column, ..])
        {
            query = query.Replace("${column}", Sql.Identifier(column), StringComparison.Ordinal)
                .Replace("${property}", Sql.Identifier(column), StringComparison.Ordinal);
        }

        return query;
    }

    private ConfigurationFaultException Unmeasured(QualityRule rule, string what, Exception? cause) => new(
        $"{contract.File}:{rule.Line.ToString(CultureInfo.InvariantCulture)}: quality rule '{rule.Name}' of {contract.Domain}.{contract.Dataset} cannot be measured: {what}. "
        + "Nothing was loaded; correct the rule.",
        cause);

    /// <summary>Whether the statement itself is wrong, and not the server's state.</summary>
    private static bool IsTheQuerys(PostgresException error) =>
        error.SqlState.AsSpan(0, 2) is "22" or "42" or "21" or "0A" or "25" or "2F" or "P0" or "3F" or "54";

    private NpgsqlParameter Partition() => new NpgsqlParameter<DateOnly> { TypedValue = partition, NpgsqlDbType = NpgsqlDbType.Date };
}
