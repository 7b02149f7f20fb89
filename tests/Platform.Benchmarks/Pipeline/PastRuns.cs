using Npgsql;
using Platform.Worker.Pipeline;

namespace Platform.Benchmarks.Pipeline;

/// <summary>A history: runs of every day up to 2025-12-31, each with its tasks and an attempt of each; one in a hundred failed.</summary>
internal static class PastRuns
{
    public static async Task EnterAsync(NpgsqlDataSource warehouse, PipelineDefinition pipeline, int runs, CancellationToken cancellationToken)
    {
        await using var connection = await warehouse.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        Add("""
            insert into meta.pipeline_run (pipeline, data_date, state, trigger, attempt, requested_at, started_at, finished_at)
            select $1, date '2025-12-31' - day, case when day % 100 = 50 then 'failed' else 'success' end, 'schedule', 1,
                now() - day * interval '1 day', now() - day * interval '1 day', now() - day * interval '1 day'
            from generate_series(0, $2 - 1) day
            """, pipeline.Name, runs);
        Add("""
            insert into meta.task_run (pipeline, data_date, task, position, state, attempt, started_at, finished_at, rows, detail)
            select run.pipeline, run.data_date, task, position, run.state, 1, run.started_at, run.finished_at, 1, '{"datasets": ["orders", "order_lines"]}'
            from meta.pipeline_run run cross join unnest($1) with ordinality as entry (task, position)
            """, (object)pipeline.TaskNames.ToArray());
        Add("""
            insert into meta.task_attempt (pipeline, data_date, task, attempt, state, worker, started_at, finished_at)
            select pipeline, data_date, task, 1, state, 'bench/1', started_at, finished_at from meta.task_run
            """);
        Add("analyze meta.pipeline_run, meta.task_run, meta.task_attempt");
        await batch.ExecuteNonQueryAsync(cancellationToken);

        void Add(string sql, params object[] values)
        {
            var entry = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
            {
                entry.Parameters.AddWithValue(value);
            }

            batch.BatchCommands.Add(entry);
        }
    }
}
