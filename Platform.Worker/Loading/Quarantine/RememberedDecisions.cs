using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>
/// What was decided about lines of a partition before, applied by a load to the lines that it refused: corrected ones are replayed, discarded ones are
/// discarded. So loading the same files again gives the same content.
/// </summary>
internal static class RememberedDecisions
{
    private const string SameLine =
        "c.domain = q.domain and c.dataset = q.dataset and c.partition = q.partition and c.raw_sha256 = q.raw_sha256 and c.occurrence = q.occurrence";

    /// <summary>
    /// A condition on a load: its facts lack what was decided since. A corrected line was not tried yet, or a replayed one was discarded.
    /// </summary>
    /// <param name="load">Its row of <c>meta.partition_load</c>.</param>
    public static string AreNew(string load) =>
        $"""
        exists (
            select from meta.quarantine_correction c
            join meta.quarantine q on {SameLine} and q.load_id = {load}.load_id and q.state <> 'superseded'
            where c.domain = {load}.domain and c.dataset = {load}.dataset and c.partition = {load}.partition
                and (c.fields is null and q.state = 'replayed' or c.fields is not null and q.state in ('open', 'discarded') and c.decided_at > q.changed_at))
        """;

    /// <returns>What was replayed, null when nothing was, and how many lines were discarded.</returns>
    public static async Task<(ReplayedLines? Lines, long Discarded)> ApplyAsync(
        NpgsqlConnection connection,
        DatasetContract contract,
        DateOnly partition,
        long loadId,
        string table,
        PartitionTables tables,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (!await AnyAsync(connection, contract, partition, cancellationToken))
        {
            return (null, 0);
        }

        await using var discard = new NpgsqlCommand(
            $"""
            update meta.quarantine q set state = 'discarded' from meta.quarantine_correction c
            where q.load_id = $1 and c.fields is null and {SameLine}
            """,
            connection) { CommandTimeout = 0 };
        discard.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        var discarded = await discard.ExecuteNonQueryAsync(cancellationToken);

        var replay = new LineReplay(connection, contract, partition, loadId, table, tables, now);
        var lines = await replay.ChooseAsync(_ => "q.state = 'open' and c.fields is not null", waited: [], cancellationToken) > 0
            ? await replay.RunAsync(cancellationToken)
            : null;
        if (lines is not null)
        {
            await QuarantineLog.AppendReplayAsync(
                connection, new QuarantineActor("load", $"load {loadId} applied what was corrected before"), now, cancellationToken);
        }

        return (lines, discarded);
    }

    private static async Task<bool> AnyAsync(
        NpgsqlConnection connection, DatasetContract contract, DateOnly partition, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from meta.quarantine_correction where domain = $1 and dataset = $2 and partition = $3)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Domain });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Dataset });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
