using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>Enters the results of a publication.</summary>
internal sealed class ResultWriter(NpgsqlConnection connection, long publication)
{
    public async Task WriteAsync(IReadOnlyList<Recorded> models, MetricChanges changes, ModelCode code, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        var made = models.Select(model => code[model.Run.Node]).ToList();
        Add(
            """
            insert into meta.publication_model (publication_id, unique_id, relation, built, rows, rows_added, rows_removed, code_sha256, reads, sources)
            select $1, unique_id, relation, built, rows, added, removed, code, string_to_array(reads, chr(10)), string_to_array(sources, chr(10))
            from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) as model (unique_id, relation, built, rows, added, removed, code, reads, sources)
            """,
            (NpgsqlDbType.Text, models.Select(model => model.Id).ToArray()),
            (NpgsqlDbType.Text, models.Select(model => $"{model.Run.Published.Schema}.{model.Run.Published.Identifier}").ToArray()),
            (NpgsqlDbType.Text, models.Select(model => model.IsDelta ? "delta" : "whole").ToArray()),
            (NpgsqlDbType.Bigint, models.Select(model => model.Rows).ToArray()),
            (NpgsqlDbType.Bigint, models.Select(model => model.Added).ToArray()),
            (NpgsqlDbType.Bigint, models.Select(model => model.Removed).ToArray()),
            (NpgsqlDbType.Text, made.Select(made => made.CodeSha256).ToArray()),
            (NpgsqlDbType.Text, made.Select(made => string.Join('\n', made.Reads)).ToArray()),
            (NpgsqlDbType.Text, made.Select(made => string.Join('\n', made.Sources)).ToArray()));
        Add(
            """
            insert into meta.recorded_metric (metric, publication_id, definition_sha256, unique_id, label)
            select metric, $1, sha256, unique_id, label from unnest($2, $3, $4, $5) as defined (metric, sha256, unique_id, label)
            """,
            (NpgsqlDbType.Text, changes.Definitions.Select(defined => defined.Name).ToArray()),
            (NpgsqlDbType.Text, changes.Definitions.Select(defined => defined.Sha256).ToArray()),
            (NpgsqlDbType.Text, changes.Definitions.Select(defined => defined.UniqueId).ToArray()),
            (NpgsqlDbType.Text, changes.Definitions.Select(defined => defined.Label).ToArray()));
        Add(
            """
            insert into meta.metric_value (metric, data_date, publication_id, value)
            select metric, day, $1, coalesce(last.value, 0) + change
            from (
                select metric, day, sum(sign * amount::numeric) as change
                from unnest($2, $3, $4, $5) as part (metric, day, sign, amount) group by metric, day) as changed
            left join lateral (
                select value from meta.metric_value known where known.metric = changed.metric and known.data_date = changed.day
                order by publication_id desc limit 1) as last on true
            where change <> 0
            """,
            Parts(changes.Amounts));
        Add(
            """
            with given as (
                select metric, day, amount::numeric as value from unnest($2, $3, $4, $5) as part (metric, day, sign, amount)),
            known as (
                select distinct on (metric, data_date) metric, data_date as day, value from meta.metric_value
                where metric = any ($6) order by metric, data_date, publication_id desc)
            insert into meta.metric_value (metric, data_date, publication_id, value)
            select metric, day, $1, coalesce(given.value, 0)
            from given full join known using (metric, day)
            where coalesce(given.value, 0) is distinct from known.value
            """,
            [.. Parts(changes.Values), (NpgsqlDbType.Text, changes.Whole.ToArray())]);
        await batch.ExecuteNonQueryAsync(cancellationToken);

        void Add(string sql, params (NpgsqlDbType Type, Array Values)[] columns)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = publication });
            foreach (var (type, values) in columns)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
            }

            batch.BatchCommands.Add(command);
        }
    }

    private static (NpgsqlDbType Type, Array Values)[] Parts(IReadOnlyList<(string Metric, DateOnly Date, int Sign, string Amount)> parts) =>
    [
        (NpgsqlDbType.Text, parts.Select(part => part.Metric).ToArray()), (NpgsqlDbType.Date, parts.Select(part => part.Date).ToArray()),
        (NpgsqlDbType.Integer, parts.Select(part => part.Sign).ToArray()), (NpgsqlDbType.Text, parts.Select(part => part.Amount).ToArray()),
    ];
}
