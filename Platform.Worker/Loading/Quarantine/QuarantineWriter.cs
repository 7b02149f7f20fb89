using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Writes bad rows to <c>meta.quarantine</c>.</summary>
internal sealed class QuarantineWriter(NpgsqlConnection connection, DatasetContract contract, DateOnly partition, string file, long loadId)
{
    private const string Copy = """
        copy meta.quarantine (load_id, domain, dataset, partition, file, line, column_name, rule, value, message, raw_line)
        from stdin (format binary)
        """;

    /// <summary>Rows written so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Removes what the partition's earlier load left.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await using var delete = new NpgsqlCommand(
            "delete from meta.quarantine where domain = $1 and dataset = $2 and partition = $3", connection) { CommandTimeout = 0 };
        delete.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Domain });
        delete.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Dataset });
        delete.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition });
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task WriteAsync(IReadOnlyList<RejectedRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

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
        }

        Rows += (long)await copy.CompleteAsync(cancellationToken);
    }
}
