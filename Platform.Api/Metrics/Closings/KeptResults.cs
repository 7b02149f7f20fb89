using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Query;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Api.Metrics.Closings;

/// <summary>Reads what the Worker kept of closed months: <c>meta.closed_period</c> and <c>meta.closed_result</c>.</summary>
internal sealed class KeptResults(NpgsqlDataSource dataSource, IOptions<QueryOptions> options)
{
    /// <summary>Everything kept, or that of one saved query; oldest month first, and of one month the first closing.</summary>
    public async Task<ImmutableArray<KeptResult>> ListAsync(string? savedQuery, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select p.closing_id, p.period, p.publication_id, p.published_at, p.closed_at, p.closed_by, p.why, p.reopened_at,
                   r.saved_query, r.metrics, r.receipt, r.columns, jsonb_array_length(r.rows)
            from meta.closed_period p join meta.closed_result r using (closing_id)
            where $1::text is null or r.saved_query = $1
            order by p.period, p.closing_id, r.saved_query
            """);
        command.Parameters.Add(new() { Value = (object?)savedQuery ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var results = ImmutableArray.CreateBuilder<KeptResult>();
        while (await reader.ReadAsync(cancellationToken))
        {
            results.Add(new KeptResult(
                new Closing(
                    reader.GetInt64(0), reader.GetFieldValue<DateOnly>(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4),
                    reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)),
                reader.GetString(8),
                [.. reader.GetFieldValue<string[]>(9)],
                reader.GetString(10),
                Columns(reader.GetFieldValue<JsonElement>(11)),
                reader.GetInt32(12)));
        }

        return results.ToImmutable();
    }

    /// <summary>The rows of these results, one after the other, as an answer like that of a query.</summary>
    /// <param name="results">Of one saved query and one publication; at least one.</param>
    /// <param name="reader">Who reads; may.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<QueryAnswer> ReadAsync(IReadOnlyList<KeptResult> results, ReaderPolicy reader, CancellationToken cancellationToken)
    {
        var first = results[0];
        var snapshot = await PublishedSnapshot.OpenAsync(dataSource, [], options.Value.StatementTimeout, cancellationToken);
        try
        {
            var columns = first.Columns.Select((column, at) => $"(kept.value ->> {at})::{column.Type.SqlName()} as {SqlName.Quote(column.Name)}");
            await using var command = new NpgsqlCommand(
                $"""
                select {string.Join(", ", columns)}
                from meta.closed_result r join meta.closed_period p using (closing_id), jsonb_array_elements(r.rows) with ordinality kept (value, position)
                where r.saved_query = $1 and r.closing_id = any($2)
                order by p.period, kept.position
                """,
                snapshot.Connection) { AllResultTypesAreUnknown = true };
            command.Parameters.AddWithValue(first.SavedQuery);
            command.Parameters.AddWithValue(results.Select(result => result.Closing.Id).ToArray());
            return new QueryAnswer(
                new MetricQuery { Reader = reader, Metrics = first.Metrics },
                new Publication(first.Closing.PublicationId, first.Closing.PublishedAt, Guid.Empty, null, null, null),
                first.Columns,
                await command.ExecuteReaderAsync(cancellationToken),
                snapshot);
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    private static ImmutableArray<AnswerColumn> Columns(JsonElement columns) =>
    [
        .. columns.EnumerateArray().Select(column => new AnswerColumn(
            column.GetProperty("name").GetString()!,
            DataTypes.FromName(column.GetProperty("type").GetString()!),
            column.GetProperty("unit").GetString(),
            column.GetProperty("label").GetString())),
    ];
}
