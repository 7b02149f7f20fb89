using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Moves replayed rows from the quarantined to the loaded part of their load's record, and ties it out against the facts.</summary>
internal static class ReplayedCounts
{
    /// <returns>What does not tie out; null when everything does.</returns>
    public static async Task<string?> EnterAsync(
        NpgsqlConnection connection,
        DatasetContract contract,
        long loadId,
        ReplayedLines lines,
        CancellationToken cancellationToken)
    {
        var (sums, rows) = await ReadAsync(connection, loadId, cancellationToken);
        foreach (var (index, name) in contract.ControlSums.Index().Where(item => sums.ContainsKey(item.Item)))
        {
            Add(sums[name], "loaded", lines.NewSums[index]);
            Add(sums[name], "quarantined", -lines.OldSums[index]);
            Add(sums[name], "corrected", lines.NewSums[index] - lines.OldSums[index]);
        }

        await using var update = new NpgsqlCommand(
            """
            update meta.partition_load
            set loaded_rows = loaded_rows + $2, quarantined_rows = quarantined_rows - $2, replayed_rows = replayed_rows + $2,
                discarded_rows = discarded_rows - $3, control_sums = $4
            where load_id = $1
            """,
            connection);
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lines.Replayed });
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lines.FromDiscarded });
        update.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(sums), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await update.ExecuteNonQueryAsync(cancellationToken);
        return Difference(contract, lines.Counted, sums, rows + lines.Replayed);
    }

    private static string? Difference(
        DatasetContract contract, PartitionCount counted, Dictionary<string, Dictionary<string, string>> sums, long rows)
    {
        if (counted.Rows != rows)
        {
            return $"the load's record says {rows} rows, the facts have {counted.Rows}";
        }

        var wrong = contract.ControlSums.Index().FirstOrDefault(item =>
            sums.TryGetValue(item.Item, out var parts) && Number(parts, "loaded") != counted.Sums[item.Index]);
        return wrong.Item is null
            ? null
            : $"{wrong.Item} adds up to {sums[wrong.Item]["loaded"]} in the load's record and to {counted.Sums[wrong.Index]} in the facts";
    }

    private static async Task<(Dictionary<string, Dictionary<string, string>> Sums, long Rows)> ReadAsync(
        NpgsqlConnection connection, long loadId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select control_sums, loaded_rows from meta.partition_load where load_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(reader.GetString(0)) ?? [], reader.GetInt64(1));
    }

    private static void Add(Dictionary<string, string> parts, string part, decimal amount)
    {
        var sum = Number(parts, part) + amount;
        if (sum != 0 || parts.ContainsKey(part))
        {
            parts[part] = sum.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static decimal Number(Dictionary<string, string> parts, string part) =>
        parts.TryGetValue(part, out var text) ? decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture) : 0;
}
