using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Writes the bad rows of a load to <c>meta.quarantine</c>. What earlier loads of the partition left there stays, as superseded.</summary>
internal sealed class QuarantineWriter(NpgsqlConnection connection, DatasetContract contract, DateOnly partition, long loadId, DateTimeOffset now)
{
    private const string Copy = """
        copy meta.quarantine (load_id, domain, dataset, partition, file, line, column_name, rule, value, message, raw_line, state, amount, currency,
            sums, raw_sha256, raw_bytes, changed_at)
        from stdin (format binary)
        """;

    private readonly Dictionary<string, (IReadOnlyList<string> Header, int LineOffset)> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>Rows written so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Closes the rows of the partition's earlier loads. Costs what those of the last load cost.</summary>
    public static async Task SupersedeAsync(
        NpgsqlConnection connection, string domain, IReadOnlyList<string> datasets, IReadOnlyList<DateOnly> partitions, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var update = new NpgsqlCommand(
            """
            update meta.quarantine set state = 'superseded', changed_at = $4
            where domain = $1 and dataset = any ($2) and partition = any ($3) and state <> 'superseded'
            """,
            connection) { CommandTimeout = 0 };
        update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = domain });
        update.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. datasets] });
        update.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. partitions] });
        update.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Says how the lines of a file are read.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="header">Names of its fields.</param>
    /// <param name="lineOffset">What is added to its lines to give those of the fact rows.</param>
    public void Open(string file, IReadOnlyList<string> header, int lineOffset) => _files[file] = (header, lineOffset);

    /// <param name="file">Path of the file that the rows are in.</param>
    /// <param name="rows">With their lines in the file.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public async Task WriteAsync(string file, IReadOnlyList<RejectedRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await WriteFileAsync(file, cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(loadId, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(contract.Domain, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(contract.Dataset, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(partition, NpgsqlDbType.Date, cancellationToken);
            await copy.WriteAsync(file, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Line, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(row.Column, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Rule, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Value, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Message, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.RawLine, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(QuarantineState.Open.Word(), NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Stake.Amount, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(row.Stake.Currency, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(SumsJson(row.Stake), NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(row.RawSha256, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(row.RawBytes, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
        }

        Rows += (long)await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>After the last row: numbers lines that are the same, so that a decision finds its own.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (Rows < 2)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            update meta.quarantine q set occurrence = same.number
            from (
                select quarantine_id, row_number() over (partition by raw_sha256 order by file, line) as number
                from meta.quarantine where load_id = $1) same
            where same.number > 1 and q.quarantine_id = same.quarantine_id
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string SumsJson(RowStake stake) => JsonSerializer.Serialize(contract.ControlSums.Zip(stake.Sums)
        .Where(item => item.Second is not null)
        .ToDictionary(item => item.First, item => item.Second!.Value.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal));

    private async Task WriteFileAsync(string file, CancellationToken cancellationToken)
    {
        if (!_written.Add(file))
        {
            return;
        }

        await using var insert = new NpgsqlCommand("insert into meta.quarantine_file (load_id, file, header, line_offset) values ($1, $2, $3, $4)", connection);
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = file });
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. _files[file].Header] });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _files[file].LineOffset });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
