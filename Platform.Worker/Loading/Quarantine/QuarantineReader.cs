using System.Runtime.CompilerServices;
using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Reads quarantine: groups, rows, one row with its history.</summary>
internal sealed class QuarantineReader(NpgsqlDataSource dataSource, ContractCatalog contracts)
{
    private const string Columns =
        """
        q.quarantine_id, q.domain, q.dataset, q.partition, q.state, q.file, q.line, q.column_name, q.rule, q.value, q.message, q.amount, q.currency,
        q.raw_line, q.load_id, q.changed_at, f.header, c.header, c.fields, c.decided_by, c.decided_at, c.why
        """;

    private const string Joined =
        """
        meta.quarantine q
        left join meta.quarantine_file f on f.load_id = q.load_id and f.file = q.file
        left join meta.quarantine_correction c on c.domain = q.domain and c.dataset = q.dataset and c.partition = q.partition
            and c.raw_sha256 = q.raw_sha256 and c.occurrence = q.occurrence
        """;

    /// <summary>Rows by dataset and rule, most money first.</summary>
    public async Task<List<QuarantineGroup>> GroupsAsync(QuarantineFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        command.CommandText =
            $"""
            select q.domain, q.dataset, q.rule, q.state, count(*), min(q.partition), max(q.partition), sum(q.amount), q.currency
            from meta.quarantine q
            where {filter.Condition(command.Parameters)}
            group by q.domain, q.dataset, q.rule, q.state, q.currency
            order by abs(sum(q.amount)) desc nulls last, count(*) desc, q.domain, q.dataset, q.rule, q.currency
            """;
        var groups = new List<QuarantineGroup>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(new QuarantineGroup(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4),
                reader.GetFieldValue<DateOnly>(5), reader.GetFieldValue<DateOnly>(6),
                contracts.Find(reader.GetString(0), reader.GetString(1))?.Policy.AmountColumn,
                reader.Nullable<decimal>(7), reader.Text(8)));
        }

        return groups;
    }

    /// <summary>Open rows by dataset, most money first.</summary>
    public async Task<List<QuarantineTotal>> TotalsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select domain, dataset, count(*), min(partition), max(partition), sum(amount), currency
            from meta.quarantine
            where state = 'open'
            group by domain, dataset, currency
            order by abs(sum(amount)) desc nulls last, count(*) desc, domain, dataset, currency
            """);
        var totals = new List<QuarantineTotal>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            totals.Add(new QuarantineTotal(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<DateOnly>(3), reader.GetFieldValue<DateOnly>(4),
                contracts.Find(reader.GetString(0), reader.GetString(1))?.Policy.AmountColumn,
                reader.Nullable<decimal>(5), reader.Text(6)));
        }

        return totals;
    }

    /// <summary>Rows in the order of their ids, which is the order of loads and, within a load, mostly that of lines.</summary>
    /// <param name="filter">Which rows.</param>
    /// <param name="limit">Most rows; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<QuarantinedRow> RowsAsync(
        QuarantineFilter filter, int? limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText =
            $"select {Columns} from {Joined} where {filter.Condition(command.Parameters)} order by q.quarantine_id {(limit is null ? "" : $"limit {limit}")}";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Row(reader);
        }
    }

    /// <summary>One row with its history; null when there is none of this id.</summary>
    public async Task<QuarantinedRow?> FindAsync(long id, CancellationToken cancellationToken)
    {
        QuarantinedRow? found = null;
        await foreach (var row in RowsAsync(new QuarantineFilter { Ids = [id] }, limit: 1, cancellationToken))
        {
            found = row with { Actions = await ActionsAsync(id, cancellationToken) };
        }

        return found;
    }

    /// <summary>The datasets of the rows, and every header that one of their files has.</summary>
    public async Task<List<(string Domain, string Dataset, string[] Header)>> HeadersAsync(QuarantineFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        command.CommandText =
            $"""
            select distinct q.domain, q.dataset, coalesce(f.header, array[]::text[])
            from meta.quarantine q left join meta.quarantine_file f on f.load_id = q.load_id and f.file = q.file
            where {filter.Condition(command.Parameters)}
            """;
        var headers = new List<(string, string, string[])>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            headers.Add((reader.GetString(0), reader.GetString(1), reader.GetFieldValue<string[]>(2)));
        }

        return headers;
    }

    private async Task<List<QuarantineActionEntry>> ActionsAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select a.action, r.outcome, a.acted_by, a.acted_at, a.why, r.detail
            from meta.quarantine_action_row r join meta.quarantine_action a using (action_id)
            where r.quarantine_id = $1 order by a.action_id
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        var actions = new List<QuarantineActionEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            actions.Add(new QuarantineActionEntry(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4), reader.Text(5)));
        }

        return actions;
    }

    private static QuarantinedRow Row(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Domain = reader.GetString(1),
        Dataset = reader.GetString(2),
        Partition = reader.GetFieldValue<DateOnly>(3),
        State = reader.GetString(4),
        File = reader.GetString(5),
        Line = reader.GetInt32(6),
        Column = reader.Text(7),
        Rule = reader.GetString(8),
        Value = reader.Text(9),
        Reason = reader.GetString(10),
        Amount = reader.Nullable<decimal>(11),
        Currency = reader.Text(12),
        RawLine = reader.GetString(13),
        LoadId = reader.GetInt64(14),
        ChangedAt = reader.GetFieldValue<DateTimeOffset>(15),
        Header = reader.Texts(16),
        Correction = reader.Text(19) is { } by
            ? new QuarantineCorrection(reader.Texts(17), reader.Texts(18), by, reader.GetFieldValue<DateTimeOffset>(20), reader.GetString(21))
            : null,
    };
}

/// <summary>Columns that may hold nothing.</summary>
file static class Columns
{
    public static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static T? Nullable<T>(this NpgsqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    public static string[] Texts(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<string[]>(column);
}
