using System.Collections.Immutable;
using Npgsql;

namespace Platform.Api.Runs;

/// <summary>Reads how fresh the data is.</summary>
internal sealed class Freshness(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<FreshnessReport> ReadAsync(CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            select publication_id, published_at,
                   -- A publication names the days that it built; what earlier ones built is still there.
                   (select min(data_date_from) from meta.publication), (select max(data_date_to) from meta.publication)
            from meta.publication
            where is_current
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            with newest as (
              select domain, dataset, max(partition) as partition, max(loaded_at) as loaded_at, sum(quarantined_rows - discarded_rows)::bigint as quarantined_rows
              from meta.partition_load
              where current
              group by domain, dataset
            )
            select domain, min(partition), max(loaded_at), count(*)::integer, sum(quarantined_rows)::bigint
            from newest
            group by domain
            order by min(loaded_at), domain
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            select domain, dataset, count(*), sum(amount), currency
            from meta.quarantine
            where state = 'open'
            group by domain, dataset, currency
            order by domain, dataset, currency
            """));

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            select distinct on (pipeline) pipeline, data_date, ready_by, forecast_at, ready_at, state
            from meta.deadline
            order by pipeline, data_date desc
            """));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        (long Id, DateTimeOffset At, DateOnly? From, DateOnly? To)? published = await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.Date(2), reader.Date(3))
            : null;

        await reader.NextResultAsync(cancellationToken);
        var domains = ImmutableArray.CreateBuilder<DomainFreshness>();
        while (await reader.ReadAsync(cancellationToken))
        {
            domains.Add(new DomainFreshness(
                reader.GetString(0), reader.Date(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3), reader.GetInt64(4)));
        }

        await reader.NextResultAsync(cancellationToken);
        var quarantine = ImmutableArray.CreateBuilder<QuarantinedData>();
        while (await reader.ReadAsync(cancellationToken))
        {
            quarantine.Add(new QuarantinedData(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt64(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetDecimal(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4)));
        }

        await reader.NextResultAsync(cancellationToken);
        var deadlines = ImmutableArray.CreateBuilder<PipelineDeadline>();
        while (await reader.ReadAsync(cancellationToken))
        {
            deadlines.Add(new PipelineDeadline(
                reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<DateTimeOffset>(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetString(5)));
        }

        var due = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-1);
        return new FreshnessReport(
            due, published?.To >= due, published?.To, published?.From, published?.At, published?.Id, domains.ToImmutable(), quarantine.ToImmutable(),
            deadlines.ToImmutable());
    }
}
