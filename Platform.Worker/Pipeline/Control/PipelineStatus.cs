using Microsoft.Extensions.Options;

namespace Platform.Worker.Pipeline.Control;

/// <summary>A pipeline now.</summary>
/// <param name="Paused">Since when it is paused, by whom and why; null when it is not.</param>
/// <param name="Queued">Data dates that wait for their turn.</param>
/// <param name="Running">Data dates that are worked on.</param>
/// <param name="Waiting">Data dates that wait for a partition.</param>
internal sealed record PipelineStatus(string Name, Pause? Paused, int Queued, int Running, int Waiting, IReadOnlyList<TaskStatus> Tasks);

/// <summary>A task of the pipeline: what it comes after, the pool that it takes a place in, and how long an attempt may take.</summary>
internal sealed record TaskStatus(string Task, IReadOnlyList<string> DependsOn, string? Pool, double? TimeoutSeconds);

/// <summary>Tells how a pipeline stands.</summary>
internal sealed class PipelineStatusReader(
    PipelineDefinition pipeline, PipelinePause pause, LedgerStatements statements, IOptions<PipelineOptions> options)
{
    public async Task<PipelineStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var counts = (await statements.QueryAsync("""
            select count(*) filter (where state = 'queued')::int, count(*) filter (where state = 'running')::int, count(*) filter (where state = 'waiting')::int
            from meta.pipeline_run
            where pipeline = @pipeline and state in ('queued', 'running', 'waiting')
            """,
            row => (Queued: row.GetInt32(0), Running: row.GetInt32(1), Waiting: row.GetInt32(2)),
            cancellationToken,
            new Npgsql.NpgsqlParameter("pipeline", pipeline.Name))).Single();
        return new(
            pipeline.Name, await pause.FindAsync(pipeline.Name, cancellationToken), counts.Queued, counts.Running, counts.Waiting,
            [
                .. pipeline.PartitionTasks.Select(task => Task(task.Name, task.DependsOn)),
                Task(pipeline.BatchTask.Name, [.. pipeline.PartitionTasks.Select(task => task.Name)]),
            ]);
    }

    private TaskStatus Task(string name, IReadOnlyList<string> dependsOn) =>
        new(name, dependsOn, options.Value.TaskPools.GetValueOrDefault(name), options.Value.TimeoutOf(name)?.TotalSeconds);
}
