using System.Text.Json;
using Npgsql;
using Platform.Worker.Pipeline.Tasks;

namespace Platform.Worker.Pipeline;

/// <summary>A run as operators see it.</summary>
internal sealed record RunRecord(
    string Pipeline,
    DateOnly DataDate,
    string State,
    string Trigger,
    int Attempt,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string? ErrorClass,
    string? Error,
    IReadOnlyList<TaskRecord> Tasks);

/// <summary>A task of a run as operators see it; <paramref name="Detail"/> is what the task told about its work.</summary>
internal sealed record TaskRecord(
    string Task,
    string State,
    int Attempt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    long? Rows,
    string? ErrorClass,
    string? Error,
    JsonElement? Detail);

/// <summary>Reads the ledger.</summary>
internal sealed class RunHistory(NpgsqlDataSource warehouse)
{
    /// <summary>The runs requested last, newest request and newest data date first.</summary>
    public Task<List<RunRecord>> LatestAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync("order by requested_at desc, data_date desc limit @limit", new("limit", limit), cancellationToken);

    public async Task<RunRecord?> FindAsync(DateOnly date, CancellationToken cancellationToken) =>
        (await ReadAsync("and data_date = @date", new("date", date), cancellationToken)).SingleOrDefault();

    private async Task<List<RunRecord>> ReadAsync(string which, NpgsqlParameter parameter, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand($"""
            with run as (
                select * from meta.pipeline_run where pipeline = @pipeline {which})
            select run.data_date, run.state, run.trigger, run.attempt, run.requested_at, run.started_at, run.finished_at, run.error_class, run.error,
                   task.task, task.state, task.attempt, task.started_at, task.finished_at, task.rows, task.error_class, task.error, task.detail
            from run left join meta.task_run task on task.pipeline = run.pipeline and task.data_date = run.data_date
            order by run.requested_at desc, run.data_date desc, task.position
            """);
        command.Parameters.AddWithValue("pipeline", EtlFullPipeline.Name);
        command.Parameters.Add(parameter);
        var runs = new List<RunRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var date = reader.GetFieldValue<DateOnly>(0);
            if (runs.Count == 0 || runs[^1].DataDate != date)
            {
                runs.Add(new RunRecord(
                    EtlFullPipeline.Name, date, reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4),
                    Moment(reader, 5), Moment(reader, 6), Text(reader, 7), Text(reader, 8), new List<TaskRecord>()));
            }
            if (!reader.IsDBNull(9))
            {
                ((List<TaskRecord>)runs[^1].Tasks).Add(new TaskRecord(
                    reader.GetString(9), reader.GetString(10), reader.GetInt32(11), Moment(reader, 12), Moment(reader, 13),
                    reader.IsDBNull(14) ? null : reader.GetInt64(14), Text(reader, 15), Text(reader, 16),
                    reader.IsDBNull(17) ? null : reader.GetFieldValue<JsonElement>(17)));
            }
        }
        return runs;
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
