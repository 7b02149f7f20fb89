using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Publish;

/// <summary>What <c>meta.invocation</c> and <c>meta.node_result</c> keep of a build.</summary>
internal sealed class BuildRecord(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>Begins an invocation, under the build lock: one that has no end by now belongs to a build that was killed.</summary>
    public async Task StartAsync(Guid id, DateTimeOffset startedAt, BuildRequest request, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with ended as (
                update meta.invocation
                set finished_at = $2, success = false, detail = coalesce(detail, '{}') || '{"error": "The build ended without a word; its process was probably killed."}'
                where finished_at is null
            )
            insert into meta.invocation (invocation_id, started_at, data_date_from, data_date_to, detail)
            values ($1, $2, $3, $4, $5)
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter { Value = startedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)request.From ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)request.To ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = JsonSerializer.Serialize(new { select = request.Select, exclude = request.Exclude, full_refresh = request.FullRefresh, vars = InvocationFlags.Masked(request.Vars) }),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the invocation with its results; <paramref name="error"/> is what ended a build that has none.</summary>
    public async Task FinishAsync(Guid id, bool success, IReadOnlyList<NodeResult> results, string? error, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var finish = new NpgsqlBatchCommand(
            "update meta.invocation set finished_at = $2, success = $3, detail = detail || jsonb_strip_nulls(jsonb_build_object('error', $4)) where invocation_id = $1");
        finish.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        finish.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        finish.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = success });
        finish.Parameters.Add(new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        batch.BatchCommands.Add(finish);
        if (results.Count > 0)
        {
            batch.BatchCommands.Add(Results(id, results));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Results(Guid id, IReadOnlyList<NodeResult> results)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into meta.node_result
                (invocation_id, unique_id, resource_type, status, execution_seconds, rows_affected, failures, message, compiled_sha256)
            select $1, * from unnest($2, $3, $4, $5, $6, $7, $8, $9)
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        Add(NpgsqlDbType.Text, results.Select(result => result.UniqueId).ToArray());
        Add(NpgsqlDbType.Text, results.Select(result => result.ResourceType).ToArray());
        Add(NpgsqlDbType.Text, results.Select(result => result.Status.Word()).ToArray());
        Add(NpgsqlDbType.Double, results.Select(result => result.Duration.TotalSeconds).ToArray());
        Add(NpgsqlDbType.Bigint, results.Select(result => result.RowsAffected).ToArray());
        Add(NpgsqlDbType.Bigint, results.Select(result => result.Failures).ToArray());
        Add(NpgsqlDbType.Text, results.Select(result => result.Message).ToArray());
        Add(NpgsqlDbType.Text, results.Select(result => result.CompiledSha256).ToArray());
        return command;

        void Add(NpgsqlDbType type, object values) => command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
