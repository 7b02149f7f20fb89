using Npgsql;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>What earlier publications recorded, as far as recording was not interrupted since.</summary>
internal sealed class RecordedState
{
    private readonly Dictionary<string, long> _rows = [];
    private readonly Dictionary<string, FollowedMetric> _metrics = [];

    /// <summary>The metrics that are followed.</summary>
    public IEnumerable<FollowedMetric> Metrics => _metrics.Values;

    public long? Rows(string uniqueId) => _rows.TryGetValue(uniqueId, out var rows) ? rows : null;

    /// <summary>Whether the recorded values are those of this metric.</summary>
    public bool Follows(AdditiveMetric metric) => _metrics.TryGetValue(metric.Name, out var known) && known.Sha256 == metric.DefinitionSha256;

    public static async Task<RecordedState> ReadAsync(NpgsqlConnection connection, string[] models, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with interrupted as (select coalesce(max(publication_id), 0) as id from meta.publication where not results_recorded)
            select true, model, null, null, rows
            from unnest($1) as model cross join interrupted cross join lateral (
                select rows from meta.publication_model where unique_id = model and publication_id > interrupted.id order by publication_id desc limit 1) as found
            where rows is not null
            union all
            select false, metric, unique_id, definition_sha256, null
            from (
                select distinct on (metric) metric, unique_id, definition_sha256 from meta.recorded_metric cross join interrupted
                where publication_id > interrupted.id order by metric, publication_id desc) as found
            where definition_sha256 is not null
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = models });
        var state = new RecordedState();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(1);
            if (reader.GetBoolean(0))
            {
                state._rows[name] = reader.GetInt64(4);
            }
            else
            {
                state._metrics[name] = new FollowedMetric(name, reader.GetString(2), Label: null, reader.GetString(3));
            }
        }

        return state;
    }
}
