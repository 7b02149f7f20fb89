using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Deadlines;

/// <summary>A task of a run: whether it is done, and since when it works.</summary>
internal sealed record TaskProgress(bool Done, DateTimeOffset? RunningSince);

/// <summary>
/// Tells when a run will be ready: each task that is left takes what <see cref="PipelineOptions.ForecastQuantile"/> of its past ones took at most, after the
/// tasks that it depends on. Nothing is added for waiting: not for partitions, places in pools, other dates nor retries. So it is the earliest to expect.
/// </summary>
internal sealed class RunForecast(PipelineDefinition pipeline, LedgerStatements statements, IOptions<PipelineOptions> options)
{
    /// <summary>
    /// What the tasks took, by name. Builds of one data date count where there are any, because a build of many takes longer; attempts that found nothing to
    /// do do not count.
    /// </summary>
    public async Task<Dictionary<string, TimeSpan>> DurationsAsync(CancellationToken cancellationToken) =>
        (await statements.QueryAsync("""
            select task.name, coalesce(
                percentile_cont(@quantile::float8) within group (order by past.seconds) filter (where not past.shared),
                percentile_cont(@quantile::float8) within group (order by past.seconds))
            from unnest(@tasks) task (name) cross join lateral (
                select extract(epoch from attempt.finished_at - attempt.started_at)::float8 as seconds, exists (
                    select from meta.task_attempt other
                    where other.pipeline = attempt.pipeline and other.data_date in (attempt.data_date - 1, attempt.data_date + 1)
                      and other.task = attempt.task and other.log_key = attempt.log_key) as shared
                from meta.task_attempt attempt
                where attempt.pipeline = @pipeline and attempt.task = task.name and attempt.state = 'success'
                order by attempt.data_date desc, attempt.attempt desc limit @dates) past
            group by task.name
            """,
            row => (Task: row.GetString(0), Took: TimeSpan.FromSeconds(row.GetDouble(1))),
            cancellationToken,
            new("pipeline", pipeline.Name), new("tasks", pipeline.TaskNames.ToArray()),
            new("quantile", NpgsqlDbType.Double) { Value = options.Value.ForecastQuantile }, new("dates", options.Value.ForecastDates)))
        .ToDictionary(task => task.Task, task => task.Took);

    /// <summary>How far the tasks of the run are.</summary>
    public async Task<Dictionary<string, TaskProgress>> ProgressAsync(DateOnly date, CancellationToken cancellationToken) =>
        (await statements.QueryAsync("""
            select task, state, started_at from meta.task_run where pipeline = @pipeline and data_date = @date
            """,
            row => (Task: row.GetString(0), State: row.GetString(1), Since: row.IsDBNull(2) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(2)),
            cancellationToken,
            new("pipeline", pipeline.Name), new("date", date)))
        .ToDictionary(
            task => task.Task,
            task => new TaskProgress(
                task.State == TaskState.Success.Word() || task.State == TaskState.Skipped.Word(), task.State == TaskState.Running.Word() ? task.Since : null));

    /// <summary>When a run will be ready whose tasks begin at <paramref name="begin"/>, or have begun.</summary>
    /// <returns>Null when none of the tasks that are left has a past.</returns>
    public DateTimeOffset? ReadyAt(
        IReadOnlyDictionary<string, TimeSpan> durations, IReadOnlyDictionary<string, TaskProgress> progress, DateTimeOffset begin, DateTimeOffset now)
    {
        var left = pipeline.TaskNames.Where(task => !(progress.TryGetValue(task, out var done) && done.Done)).ToList();
        if (left.Count > 0 && !left.Exists(durations.ContainsKey))
        {
            return null;
        }
        var ends = new Dictionary<string, DateTimeOffset>();
        foreach (var task in pipeline.PartitionTasks)
        {
            ends[task.Name] = EndOf(task.Name, task.DependsOn);
        }
        return EndOf(pipeline.BatchTask.Name, [.. ends.Keys]);

        DateTimeOffset EndOf(string task, IReadOnlyList<string> after)
        {
            var first = after.Where(ends.ContainsKey).Select(name => ends[name]).Append(begin).Max();
            var took = durations.GetValueOrDefault(task);
            return progress.GetValueOrDefault(task) switch
            {
                { Done: true } => begin,
                // Longer than ever before: it may end any moment.
                { RunningSince: { } since } => since + took > now ? since + took : now,
                _ => first + took,
            };
        }
    }
}
