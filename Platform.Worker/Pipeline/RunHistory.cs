using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
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
    long? Backfill,
    DateTimeOffset? CancelRequestedAt,
    IReadOnlyList<TaskRecord> Tasks)
{
    /// <summary>Where a page that follows this run begins: what <see cref="RunQuery.After"/> takes.</summary>
    public string Place() => string.Create(CultureInfo.InvariantCulture, $"{RequestedAt.UtcTicks}-{DataDate:yyyyMMdd}");
}

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

/// <summary>Which runs to list, newest request and newest data date first; what is null does not matter.</summary>
/// <param name="Limit">How many.</param>
internal sealed record RunQuery(int Limit)
{
    public string? State { get; init; }

    public DateOnly? From { get; init; }

    public DateOnly? To { get; init; }

    /// <summary>Those after a <see cref="RunRecord.Place"/>: however far back the page is, it is found by the index.</summary>
    public string? After { get; init; }
}

/// <summary>Reads the ledger.</summary>
internal sealed class RunHistory(NpgsqlDataSource warehouse)
{
    /// <summary>The runs asked for, of which there may be any number.</summary>
    public const string ListSql = """
        select * from meta.pipeline_run
        where pipeline = @pipeline
          and (@state is null or state = @state) and (@from is null or data_date >= @from) and (@to is null or data_date <= @to)
          and (@after_at is null or (requested_at, data_date) < (@after_at, @after_date))
        order by requested_at desc, data_date desc
        limit @limit
        """;

    /// <summary>The runs requested last, newest request and newest data date first.</summary>
    public Task<List<RunRecord>> LatestAsync(int limit, CancellationToken cancellationToken) => ListAsync(new(limit), cancellationToken);

    /// <exception cref="ConfigurationFaultException"><see cref="RunQuery.After"/> is no place that a run told.</exception>
    public Task<List<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken) =>
        ReadAsync(ListSql, ListParameters(query), cancellationToken);

    public static NpgsqlParameter[] ListParameters(RunQuery query)
    {
        var after = query.After is { } place ? ReadPlace(place) : ((DateTimeOffset At, DateOnly Date)?)null;
        return
        [
            new("pipeline", EtlFullPipeline.Name), new("limit", query.Limit), LedgerStatements.Text("state", query.State),
            Date("from", query.From), Date("to", query.To), Date("after_date", after?.Date),
            new("after_at", NpgsqlDbType.TimestampTz) { Value = (object?)after?.At ?? DBNull.Value },
        ];
    }

    public async Task<RunRecord?> FindAsync(DateOnly date, CancellationToken cancellationToken) =>
        (await ReadAsync(
            "select * from meta.pipeline_run where pipeline = @pipeline and data_date = @date",
            [new("pipeline", EtlFullPipeline.Name), new("date", date)],
            cancellationToken)).SingleOrDefault();

    private async Task<List<RunRecord>> ReadAsync(string which, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand($"""
            with run as ({which})
            select run.data_date, run.state, run.trigger, run.attempt, run.requested_at, run.started_at, run.finished_at, run.error_class, run.error,
                   task.task, task.state, task.attempt, task.started_at, task.finished_at, task.rows, task.error_class, task.error, task.detail,
                   run.backfill_id, run.cancel_requested_at
            from run left join meta.task_run task on task.pipeline = run.pipeline and task.data_date = run.data_date
            order by run.requested_at desc, run.data_date desc, task.position
            """);
        command.Parameters.AddRange(parameters);
        var runs = new List<RunRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var date = reader.GetFieldValue<DateOnly>(0);
            if (runs.Count == 0 || runs[^1].DataDate != date)
            {
                runs.Add(new RunRecord(
                    EtlFullPipeline.Name, date, reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4),
                    Moment(reader, 5), Moment(reader, 6), Text(reader, 7), Text(reader, 8), reader.IsDBNull(18) ? null : reader.GetInt64(18),
                    Moment(reader, 19), new List<TaskRecord>()));
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

    private static (DateTimeOffset At, DateOnly Date) ReadPlace(string place) =>
        place.Split('-') is [var ticks, var date]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
        && DateOnly.TryParseExact(date, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? (new DateTimeOffset(at, TimeSpan.Zero), day)
            : throw new ConfigurationFaultException($"'{place}' is no place in the list of runs; give what the page before told as its next.");

    private static NpgsqlParameter Date(string name, DateOnly? value) => new(name, NpgsqlDbType.Date) { Value = (object?)value ?? DBNull.Value };

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
