using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>What a discard did.</summary>
/// <param name="Discarded">Rows that are given up.</param>
/// <param name="LoadedDates">Data dates whose facts have some of them until the date runs again.</param>
internal sealed record DiscardResult(long Discarded, IReadOnlyList<DateOnly> LoadedDates);

/// <summary>
/// Gives quarantined rows up for good: they stay where they are, count as quarantined, and are no longer open. Loads of the same lines heed it: the next
/// one also takes rows out of the facts again that were replayed by mistake. One transaction per domain and data date.
/// </summary>
internal sealed class QuarantineDiscard(NpgsqlDataSource dataSource, ContractCatalog contracts, QuarantinePartitions partitions, TimeProvider time)
{
    private static readonly QuarantineState[] Discardable = [QuarantineState.Open, QuarantineState.Refused];

    /// <param name="filter">Which rows; of these, those that are open or of a refused load and, asked for by id or state, replayed ones.</param>
    /// <param name="actor">Who discards them, and why.</param>
    /// <param name="cancellationToken">Stops between two partitions.</param>
    public async Task<DiscardResult> DiscardAsync(QuarantineFilter filter, QuarantineActor actor, CancellationToken cancellationToken)
    {
        QuarantineState[] discardable = filter.Ids.Count > 0 || filter.States.Contains(QuarantineState.Replayed)
            ? [.. Discardable, QuarantineState.Replayed]
            : Discardable;
        var meant = filter with { States = filter.States.Count == 0 ? discardable : [.. filter.States.Intersect(discardable)] };
        if (meant.States.Count == 0)
        {
            throw new QuarantineFaultException("Rows that are open, of a refused load, or replayed can be discarded, no others.");
        }

        var discarded = 0L;
        var loaded = new SortedSet<DateOnly>();
        foreach (var (domain, date) in await partitions.OfAsync(meant, cancellationToken))
        {
            var (rows, areLoaded) = await DiscardAsync(domain, meant with { Domain = domain, From = date, To = date }, date, actor, cancellationToken);
            discarded += rows;
            if (areLoaded)
            {
                loaded.Add(date);
            }
        }

        return new DiscardResult(discarded, [.. loaded]);
    }

    private async Task<(long Rows, bool AreLoaded)> DiscardAsync(
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
                update meta.quarantine q
                set state = case q.state when 'replayed' then q.state else 'discarded' end, changed_at = case q.state when 'replayed' then q.changed_at else $1 end
                where {filter.Condition(command.Parameters)}
                returning q.quarantine_id, q.load_id, q.domain, q.dataset, q.partition, q.raw_sha256, q.occurrence, q.state),
            remembered as (
                insert into meta.quarantine_correction (domain, dataset, partition, raw_sha256, occurrence, decided_by, decided_at, why)
                select distinct domain, dataset, partition, raw_sha256, occurrence, $2, $1, $3 from discarded
                on conflict (domain, dataset, partition, raw_sha256, occurrence) do update
                set header = null, fields = null, decided_by = excluded.decided_by, decided_at = excluded.decided_at, why = excluded.why,
                    replayed_at = null),
            counted as (
                update meta.partition_load l set discarded_rows = discarded_rows + d.rows
                from (select load_id, count(*) as rows from discarded where state = 'discarded' group by load_id) d
                where l.load_id = d.load_id)
            select quarantine_id, state = 'replayed' from discarded
            """;
        var outcomes = new List<ActionOutcome>();
        var areLoaded = false;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                outcomes.Add(new ActionOutcome(reader.GetInt64(0), "discarded"));
                areLoaded |= reader.GetBoolean(1);
            }
        }

        if (outcomes.Count > 0)
        {
            await QuarantineLog.AppendAsync(connection, "discard", actor, now, outcomes, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return (outcomes.Count, areLoaded);
    }
}
