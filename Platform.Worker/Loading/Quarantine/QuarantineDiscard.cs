using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>What a discard did.</summary>
/// <param name="Discarded">Rows that are given up now.</param>
internal sealed record DiscardResult(long Discarded);

/// <summary>
/// Gives quarantined rows up for good: they stay where they are, count as quarantined, and are no longer open. Loads of the same lines heed it. One
/// transaction per domain and data date.
/// </summary>
internal sealed class QuarantineDiscard(NpgsqlDataSource dataSource, ContractCatalog contracts, QuarantinePartitions partitions, TimeProvider time)
{
    private static readonly QuarantineState[] Discardable = [QuarantineState.Open, QuarantineState.Refused];

    /// <param name="filter">Which rows; of these, those that are open or of a refused load.</param>
    /// <param name="actor">Who discards them, and why.</param>
    /// <param name="cancellationToken">Stops between two partitions.</param>
    public async Task<DiscardResult> DiscardAsync(QuarantineFilter filter, QuarantineActor actor, CancellationToken cancellationToken)
    {
        var meant = filter with { States = filter.States.Count == 0 ? Discardable : [.. filter.States.Intersect(Discardable)] };
        if (meant.States.Count == 0)
        {
            throw new QuarantineFaultException("Rows that are open or of a refused load can be discarded, no others.");
        }

        var discarded = 0L;
        foreach (var (domain, date) in await partitions.OfAsync(meant, cancellationToken))
        {
            discarded += await DiscardAsync(domain, meant with { Domain = domain, From = date, To = date }, date, actor, cancellationToken);
        }

        return new DiscardResult(discarded);
    }

    private async Task<long> DiscardAsync(
        string domain, QuarantineFilter filter, DateOnly date, QuarantineActor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PartitionLock.AcquireAsync(
            connection, contracts.Domains.FirstOrDefault(item => item.Name == domain) ?? new Domain(domain, [], []), date, cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.By });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.Why });
        command.CommandText =
            $"""
            with discarded as (
                update meta.quarantine q set state = 'discarded', changed_at = $1
                where {filter.Condition(command.Parameters)}
                returning q.quarantine_id, q.load_id, q.domain, q.dataset, q.partition, q.raw_sha256, q.occurrence),
            remembered as (
                insert into meta.quarantine_correction (domain, dataset, partition, raw_sha256, occurrence, decided_by, decided_at, why)
                select distinct domain, dataset, partition, raw_sha256, occurrence, $2, $1, $3 from discarded
                on conflict (domain, dataset, partition, raw_sha256, occurrence) do update
                set header = null, fields = null, decided_by = excluded.decided_by, decided_at = excluded.decided_at, why = excluded.why,
                    replayed_at = null),
            counted as (
                update meta.partition_load l set discarded_rows = discarded_rows + d.rows
                from (select load_id, count(*) as rows from discarded group by load_id) d
                where l.load_id = d.load_id)
            select quarantine_id from discarded
            """;
        var outcomes = new List<ActionOutcome>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                outcomes.Add(new ActionOutcome(reader.GetInt64(0), "discarded"));
            }
        }

        if (outcomes.Count > 0)
        {
            await QuarantineLog.AppendAsync(connection, "discard", actor, now, outcomes, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return outcomes.Count;
    }
}
