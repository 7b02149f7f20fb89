using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Arrivals;

/// <summary>What is not as promised, from when to when: <c>meta.incident</c>. Of each matter at most one incident is open.</summary>
internal sealed class Incidents(NpgsqlDataSource warehouse, TimeProvider clock, ILogger<Incidents> logger)
{
    /// <summary>A partition has not landed by its deadline.</summary>
    public const string LatePartition = "late_partition";

    /// <summary>The newest loaded partition of a dataset is older than its contract promises.</summary>
    public const string Freshness = "freshness";

    /// <summary>A data date is not published by its deadline, or will not be.</summary>
    public const string Deadline = "deadline";

    /// <summary>Opens an incident for each late partition; resolves those of partitions that were looked for and are not late, and of runs that have ended.</summary>
    /// <param name="pipeline">The pipeline whose runs wait.</param>
    /// <param name="late">The partitions past their deadline.</param>
    /// <param name="dates">The data dates that were looked at.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public Task LateAsync(string pipeline, IReadOnlyList<AwaitedPartition> late, IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) =>
        SetAsync(
            LatePartition,
            [.. late.Select(partition => new Matter(
                partition.Domain, null, partition.Date, $"{partition.Missing}; it was due by {partition.Deadline:yyyy-MM-dd HH:mm} UTC."))],
            """
            incident.data_date = any (@dates) or not exists (
                select from meta.pipeline_run run
                where run.pipeline = @pipeline and run.data_date = incident.data_date and run.state in ('queued', 'running', 'waiting'))
            """,
            cancellationToken,
            new("pipeline", pipeline), new("dates", NpgsqlDbType.Array | NpgsqlDbType.Date) { Value = dates.ToArray() });

    /// <summary>Opens an incident for each dataset that is too old, resolves those of the others.</summary>
    public Task StaleAsync(IReadOnlyList<Matter> stale, CancellationToken cancellationToken) =>
        SetAsync(Freshness, stale, "true", cancellationToken);

    /// <summary>Opens an incident for each data date of the pipeline that is late or will be, resolves those of the others.</summary>
    public Task LatePublicationAsync(string pipeline, IReadOnlyList<Matter> late, CancellationToken cancellationToken) =>
        SetAsync(Deadline, late, "incident.pipeline = @pipeline", cancellationToken, new NpgsqlParameter("pipeline", pipeline));

    /// <summary>The incidents opened last, newest first; only those that are open, if asked.</summary>
    public async Task<List<Incident>> LatestAsync(bool openOnly, int limit, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand("""
            select incident_id, kind, pipeline, domain, dataset, data_date, severity, message, opened_at, resolved_at from meta.incident
            where not @open or resolved_at is null
            order by opened_at desc, incident_id desc limit @limit
            """);
        command.Parameters.AddWithValue("open", openOnly);
        command.Parameters.AddWithValue("limit", limit);
        var incidents = new List<Incident>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            incidents.Add(new Incident(
                reader.GetInt64(0), reader.GetString(1),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4),
                await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetFieldValue<DateOnly>(5),
                reader.GetString(6), reader.GetString(7), reader.GetFieldValue<DateTimeOffset>(8),
                await reader.IsDBNullAsync(9, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(9)));
        }
        return incidents;
    }

    private async Task SetAsync(
        string kind, IReadOnlyList<Matter> matters, string looked, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = warehouse.CreateCommand($"""
            with matter as (
                select * from unnest(@pipelines, @domains, @datasets, @data_dates, @severities, @messages)
                    as matter (pipeline, domain, dataset, data_date, severity, message)),
            resolved as (
                update meta.incident incident set resolved_at = @now
                where incident.kind = @kind and incident.resolved_at is null and ({looked}) and not exists (
                    select from matter
                    where (matter.pipeline, matter.domain, matter.dataset, matter.data_date)
                        is not distinct from (incident.pipeline, incident.domain, incident.dataset, incident.data_date))
                returning incident.message),
            told as (
                insert into meta.incident as incident (kind, pipeline, domain, dataset, data_date, severity, message, opened_at)
                select @kind, pipeline, domain, dataset, data_date, severity, message, @now from matter
                on conflict (kind, pipeline, domain, dataset, data_date) where resolved_at is null
                do update set message = excluded.message, severity = excluded.severity
                where (incident.message, incident.severity) is distinct from (excluded.message, excluded.severity)
                returning message, xmax = 0 as opened)
            select true, message from told where opened union all select false, message from resolved
            """);
        command.Parameters.AddWithValue("kind", kind);
        command.Parameters.AddWithValue("now", clock.GetUtcNow());
        command.Parameters.Add(Texts("pipelines", matter => matter.Pipeline));
        command.Parameters.Add(Texts("severities", matter => matter.Severity));
        command.Parameters.Add(Texts("domains", matter => matter.Domain));
        command.Parameters.Add(Texts("datasets", matter => matter.Dataset));
        command.Parameters.Add(new("data_dates", NpgsqlDbType.Array | NpgsqlDbType.Date) { Value = matters.Select(matter => matter.DataDate).ToArray() });
        command.Parameters.Add(Texts("messages", matter => matter.Message));
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetBoolean(0))
            {
                Log.IncidentOpened(logger, kind, reader.GetString(1));
            }
            else
            {
                Log.IncidentResolved(logger, kind, reader.GetString(1));
            }
        }

        NpgsqlParameter Texts(string name, Func<Matter, string?> text) =>
            new(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = matters.Select(text).ToArray() };
    }
}

/// <summary>What an incident is about.</summary>
/// <param name="Domain">The domain; null when it is about a pipeline.</param>
/// <param name="Dataset">The dataset; null when it is about the partition as a whole.</param>
/// <param name="DataDate">The data date.</param>
/// <param name="Message">What is the matter, for people.</param>
internal sealed record Matter(string? Domain, string? Dataset, DateOnly? DataDate, string Message)
{
    /// <summary>The pipeline that it is about.</summary>
    public string? Pipeline { get; init; }

    /// <summary>warning: it is going to happen; error: it has happened.</summary>
    public string Severity { get; init; } = "error";
}

/// <summary>An incident as operators see it; open while <paramref name="ResolvedAt"/> is null.</summary>
internal sealed record Incident(
    long IncidentId,
    string Kind,
    string? Pipeline,
    string? Domain,
    string? Dataset,
    DateOnly? DataDate,
    string Severity,
    string Message,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ResolvedAt);
