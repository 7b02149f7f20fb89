using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>
/// Keeps the record, the check results and every rejected row of a load that was refused as a whole, after its transaction was rolled back: all
/// rows can be looked at, and what is decided about them counts in the next load.
/// </summary>
internal static class RefusedLoads
{
    private static readonly string[] Tables = ["partition_load", "quarantine_file", "quarantine", "check_result"];

    /// <param name="dataSource">For a transaction of its own.</param>
    /// <param name="domain">The domain of the load.</param>
    /// <param name="refused">Its transaction, which this rolls back.</param>
    /// <param name="fault">Names the load, and why it was refused.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task KeepAsync(
        NpgsqlDataSource dataSource,
        Domain domain,
        NpgsqlTransaction refused,
        PartitionFaultException fault,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var loadId = fault.RefusedLoad!.Value;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var table in Tables)
        {
            await CopyAsync(refused.Connection!, connection, table, loadId, cancellationToken);
        }

        // The rows keep their ids, which the refused transaction holds until its end.
        await refused.RollbackAsync(cancellationToken);
        await PartitionLock.AcquireAsync(connection, domain, fault.Partition, cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update meta.quarantine q set state = 'superseded', changed_at = $4
            from meta.partition_load l
            where q.domain = $1 and q.dataset = $2 and q.partition = $3 and q.state <> 'superseded' and l.load_id = q.load_id and l.refusal is not null
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = fault.Domain },
                new NpgsqlParameter<string> { TypedValue = fault.Dataset! },
                new NpgsqlParameter<DateOnly> { TypedValue = fault.Partition },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update pg_temp.kept_partition_load set current = false, refusal = $1")
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = fault.Message } },
        });

        // Somebody may have loaded the partition since.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update pg_temp.kept_quarantine q set state = case
                when exists (
                    select from meta.partition_load l
                    where l.current and l.domain = q.domain and l.dataset = q.dataset and l.partition = q.partition and l.load_id > q.load_id) then 'superseded'
                when q.state = 'discarded' then 'discarded' else 'refused' end
            """));
        foreach (var table in Tables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"insert into meta.{table} overriding system value select * from pg_temp.kept_{table}"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"drop table pg_temp.kept_{table}"));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Streams the load's rows of a table from the refused transaction into a temporary table of the other.</summary>
    private static async Task CopyAsync(
        NpgsqlConnection refused, NpgsqlConnection kept, string table, long loadId, CancellationToken cancellationToken)
    {
        await using (var create = new NpgsqlCommand($"create temporary table kept_{table} (like meta.{table}) on commit drop", kept))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        // COPY takes no parameters; the id is a number.
        await using var source = await refused.BeginRawBinaryCopyAsync(
            $"copy (select * from meta.{table} where load_id = {loadId}) to stdout (format binary)", cancellationToken);
        await using var target = await kept.BeginRawBinaryCopyAsync($"copy pg_temp.kept_{table} from stdin (format binary)", cancellationToken);
        await source.CopyToAsync(target, cancellationToken);
    }
}
