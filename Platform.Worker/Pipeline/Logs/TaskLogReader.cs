using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;

namespace Platform.Worker.Pipeline.Logs;

/// <summary>An attempt of a task on a data date.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">Which attempt of the run's task it is, from 1.</param>
/// <param name="State">running, success, skipped, failed or cancelled.</param>
/// <param name="Worker">The process, as machine/id.</param>
/// <param name="CodeVersion">The version of its code.</param>
/// <param name="Inputs">Content hashes, contract and model versions.</param>
/// <param name="Outputs">What the task told about its work.</param>
internal sealed record TaskAttempt(
    long Id,
    string Task,
    int Attempt,
    string State,
    string Worker,
    string? CodeVersion,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    long? Rows,
    JsonElement? Inputs,
    JsonElement? Outputs,
    string? ErrorClass,
    string? Error);

/// <summary>A line of an attempt's log.</summary>
/// <param name="Line">Its number, from 1.</param>
internal sealed record TaskLogLine(int Line, DateTimeOffset At, string Level, string Message);

/// <summary>Reads attempts and their logs.</summary>
internal sealed class TaskLogReader(LedgerStatements statements, TimeProvider clock)
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(300);
    private const int Page = 1_000;

    /// <summary>The attempts of a data date that history holds, oldest first: of a task, or of all.</summary>
    public Task<List<TaskAttempt>> AttemptsAsync(string pipeline, DateOnly date, string? task, CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select attempt_id, task, attempt, state, worker, code_version, started_at, finished_at, rows, inputs, detail, error_class, error
            from meta.task_attempt
            where pipeline = @pipeline and data_date = @date and (@task is null or task = @task)
            order by attempt_id
            """,
            row => new TaskAttempt(
                row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), Text(row, 5), row.GetFieldValue<DateTimeOffset>(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7), row.IsDBNull(8) ? null : row.GetInt64(8), Json(row, 9), Json(row, 10),
                Text(row, 11), Text(row, 12)),
            cancellationToken,
            new("pipeline", pipeline), new("date", date), LedgerStatements.Text("task", task));

    /// <summary>The log of an attempt after a line.</summary>
    /// <param name="attempt">The attempt's id.</param>
    /// <param name="after">The last line known; 0 for the whole log.</param>
    /// <param name="follow">Wait for more until the attempt has ended.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<TaskLogLine> ReadAsync(
        long attempt, int after, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked before the lines: an attempt ends after the last of its lines is there.
            var running = follow && (await statements.QueryAsync(
                "select state = 'running' from meta.task_attempt where attempt_id = @attempt",
                row => row.GetBoolean(0), cancellationToken, new NpgsqlParameter("attempt", attempt))).FirstOrDefault();
            var lines = await statements.QueryAsync("""
                select log.line, log.at, log.level, log.message
                from meta.task_attempt attempt
                join meta.task_log log on log.log_key = attempt.log_key and log.line > @after and log.at >= attempt.started_at - interval '1 day'
                where attempt.attempt_id = @attempt
                order by log.line
                limit @page
                """,
                row => new TaskLogLine(row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3)),
                cancellationToken,
                new("attempt", attempt), new("after", after), new("page", Page));
            foreach (var line in lines)
            {
                after = line.Line;
                yield return line;
            }
            if (lines.Count < Page)
            {
                if (!running)
                {
                    yield break;
                }
                await Task.Delay(FollowInterval, clock, cancellationToken);
            }
        }
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static JsonElement? Json(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<JsonElement>(column);
}
