using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Access;

namespace Platform.Worker.Periods;

/// <summary>
/// Closes months: keeps the published results of every saved query over metric_time for the month, all of one publication, in <c>meta.closed_period</c>
/// and <c>meta.closed_result</c>. Facts may still change; what was reported does not.
/// </summary>
internal sealed class ClosedPeriods(NpgsqlDataSource warehouse, MetricsApi metrics, AccessKeys keys, TimeProvider time)
{
    private const int Attempts = 3;
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(1);

    /// <summary>All closings, newest month first, those that were reopened included.</summary>
    public async Task<IReadOnlyList<ClosedPeriod>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            select to_char(p.period, 'YYYY-MM'), p.publication_id, p.published_at, p.closed_at, p.closed_by, p.why, p.reopened_at, p.reopened_by, p.reopened_why,
                   coalesce(array_agg(r.saved_query order by r.saved_query) filter (where r.saved_query is not null), '{}'),
                   coalesce(array_agg(jsonb_array_length(r.rows) order by r.saved_query) filter (where r.saved_query is not null), '{}'),
                   coalesce(array_agg(r.receipt order by r.saved_query) filter (where r.saved_query is not null), '{}')
            from meta.closed_period p left join meta.closed_result r using (closing_id)
            group by p.closing_id
            order by p.period desc, p.closing_id desc
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var periods = new List<ClosedPeriod>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (names, rows, receipts) = (reader.GetFieldValue<string[]>(9), reader.GetFieldValue<int[]>(10), reader.GetFieldValue<string[]>(11));
            periods.Add(new ClosedPeriod(
                reader.GetString(0), reader.IsDBNull(6) ? "closed" : "reopened", reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4), Text(reader, 5), reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                Text(reader, 7), Text(reader, 8), [.. names.Select((name, at) => new KeptResult(name, rows[at], receipts[at]))]));
        }

        return periods;
    }

    /// <param name="month">Its first day.</param>
    /// <param name="who">Who closes it.</param>
    /// <param name="why">The reason, for the audit log.</param>
    /// <param name="cancellationToken">Gives up; then nothing is closed.</param>
    /// <exception cref="ConfigurationFaultException">The month is closed, is not over in what is published, or a saved query cannot be answered.</exception>
    /// <exception cref="HttpRequestException">The metrics API does not answer.</exception>
    /// <exception cref="TimeoutException">Another publication came at every attempt.</exception>
    public async Task<ClosedPeriod> CloseAsync(DateOnly month, string who, string? why, CancellationToken cancellationToken)
    {
        if ((await ListAsync(cancellationToken)).FirstOrDefault(period => period.Period == $"{month:yyyy-MM}" && period.State == "closed") is { } closed)
        {
            throw AlreadyClosed(month, $" since {closed.ClosedAt:u} by {closed.ClosedBy}");
        }

        // What can be refused now is refused before anything is made.
        var publication = await CurrentAsync(month, cancellationToken);

        // A key of its own, which may read everything: what is kept is not what some reader may see. It is made and revoked like any other, so the audit has it.
        var key = await keys.CreateAsync(new KeyGrant($"period-{month:yyyy-MM}-{Guid.NewGuid():N}", "viewer"), KeyLifetime, who, cancellationToken);
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++, publication = await CurrentAsync(month, cancellationToken))
            {
                if (await AskAsync(publication, month, key.Secret, cancellationToken) is { } answers)
                {
                    return await KeepAsync(publication, month, answers, who, why, cancellationToken);
                }
            }

            throw new TimeoutException($"Another publication came at every attempt to read the results of {month:yyyy-MM}; nothing is closed. Try again when no run is publishing.");
        }
        finally
        {
            await keys.RevokeAsync(key.Key.Name, who, CancellationToken.None);
        }
    }

    /// <summary>Opens a closed month again; what was kept stays to be asked for by its publication.</summary>
    /// <exception cref="ConfigurationFaultException">It is not closed.</exception>
    public async Task<ClosedPeriod> ReopenAsync(DateOnly month, string who, string? why, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            "update meta.closed_period set reopened_at = $2, reopened_by = $3, reopened_why = $4 where period = $1 and reopened_at is null");
        command.Parameters.AddWithValue(month);
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(who);
        command.Parameters.Add(new() { Value = (object?)why ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 0
            ? throw new ConfigurationFaultException($"{month:yyyy-MM} is not closed; 'periods list' shows the months that are.")
            : (await ListAsync(cancellationToken)).First(period => period.Period == $"{month:yyyy-MM}");
    }

    /// <summary>Every answer; null when they are not all of that publication.</summary>
    private async Task<ImmutableArray<SavedAnswer>?> AskAsync(CurrentPublication publication, DateOnly month, string key, CancellationToken cancellationToken)
    {
        var answers = ImmutableArray.CreateBuilder<SavedAnswer>();
        foreach (var query in publication.Queries)
        {
            var answer = await metrics.AskAsync(query, month, key, cancellationToken);
            if (answer.PublicationId != publication.Id)
            {
                return null;
            }

            answers.Add(answer);
        }

        return answers.ToImmutable();
    }

    /// <summary>What is published now, and its saved queries over metric_time.</summary>
    private async Task<CurrentPublication> CurrentAsync(DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            select p.publication_id, p.published_at, p.semantic_manifest -> 'saved_queries',
                   (select max(of.data_date_to) from meta.publication of where of.project_name is not distinct from p.project_name)
            from meta.publication p where p.is_current
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new ConfigurationFaultException("Nothing is published yet, so there is nothing to close.");
        }

        var last = month.AddMonths(1).AddDays(-1);
        if (!reader.IsDBNull(3) && reader.GetFieldValue<DateOnly>(3) is var to && to < last)
        {
            throw new ConfigurationFaultException($"{month:yyyy-MM} is not over in what is published: it has data to {to:yyyy-MM-dd}. Close it when {last:yyyy-MM-dd} is published.");
        }

        SavedQuery[] queries = reader.IsDBNull(2) ? [] : [.. SavedQueries(reader.GetFieldValue<JsonElement>(2))];
        return queries.Length == 0
            ? throw new ConfigurationFaultException("The project has no saved query with metric_time in its group_by, so there is nothing to keep.")
            : new CurrentPublication(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), queries);
    }

    private static IEnumerable<SavedQuery> SavedQueries(JsonElement manifest) =>
        from query in manifest.EnumerateArray()
        let parameters = query.GetProperty("query_params")
        where parameters.TryGetProperty("group_by", out var columns) && columns.ValueKind == JsonValueKind.Array
            && columns.EnumerateArray().Any(column => column.GetString()!.Contains("metric_time", StringComparison.Ordinal))
        select new SavedQuery(
            query.GetProperty("name").GetString()!,
            parameters.TryGetProperty("metrics", out var metrics) && metrics.ValueKind == JsonValueKind.Array ? [.. metrics.EnumerateArray().Select(metric => metric.GetString()!)] : [],
            parameters.TryGetProperty("limit", out var limit) && limit.ValueKind == JsonValueKind.Number ? limit.GetInt32() : null);

    private async Task<ClosedPeriod> KeepAsync(
        CurrentPublication publication, DateOnly month, ImmutableArray<SavedAnswer> answers, string who, string? why, CancellationToken cancellationToken)
    {
        await using (var command = warehouse.CreateCommand(
            """
            with closing as (
                insert into meta.closed_period (period, publication_id, published_at, closed_at, closed_by, why) values ($1, $2, $3, $4, $5, $6) returning closing_id)
            insert into meta.closed_result (closing_id, saved_query, metrics, receipt, columns, rows)
            select closing.closing_id, kept.name, array(select jsonb_array_elements_text(kept.metrics)), kept.receipt, kept.columns, kept.rows
            from closing, unnest($7::text[], $8::jsonb[], $9::text[], $10::jsonb[], $11::jsonb[]) kept (name, metrics, receipt, columns, rows)
            """))
        {
            command.Parameters.AddWithValue(month);
            command.Parameters.AddWithValue(publication.Id);
            command.Parameters.AddWithValue(publication.PublishedAt);
            command.Parameters.AddWithValue(time.GetUtcNow());
            command.Parameters.AddWithValue(who);
            command.Parameters.Add(new() { Value = (object?)why ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.AddWithValue(answers.Select(answer => answer.Query.Name).ToArray());
            command.Parameters.Add(Json(answers.Select(answer => JsonSerializer.Serialize(answer.Query.Metrics))));
            command.Parameters.AddWithValue(answers.Select(answer => answer.Receipt).ToArray());
            command.Parameters.Add(Json(answers.Select(answer => answer.Columns)));
            command.Parameters.Add(Json(answers.Select(answer => answer.Rows)));
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                throw AlreadyClosed(month, " by somebody else meanwhile");
            }
        }

        return (await ListAsync(cancellationToken)).First(period => period.Period == $"{month:yyyy-MM}");
    }

    private static NpgsqlParameter Json(IEnumerable<string> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb };

    private static ConfigurationFaultException AlreadyClosed(DateOnly month, string since) => new($"{month:yyyy-MM} is closed{since}; reopen it first to close it anew.");

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private sealed record CurrentPublication(long Id, DateTimeOffset PublishedAt, IReadOnlyList<SavedQuery> Queries);
}
