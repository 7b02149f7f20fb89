using System.Text.Json;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline.History;

/// <summary>With 100,000 past runs, what lists and starts runs reads by indexes and no more rows than with one: asserted on plans and on buffers read.</summary>
public sealed class LongHistoryTests(EmbeddedServers servers)
{
    private const int Runs = 100_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ledger_HundredThousandRuns_ListsAndStartsByIndex()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var fill = pipeline.Warehouse.CreateCommand($"""
            insert into meta.pipeline_run (pipeline, data_date, state, trigger, attempt, requested_at, started_at, finished_at)
            select '{TestPipeline.Name}', date '1740-01-01' + day, 'success', 'backfill', 1, timestamptz '2025-01-01' + day / 1000 * interval '1 hour', now(), now()
            from generate_series(1, {Runs}) day;
            insert into meta.task_run (pipeline, data_date, task, position, state, attempt)
            select pipeline, data_date, task, position, 'success', 1
            from meta.pipeline_run cross join (values ('generate', 1), ('load_a', 2), ('load_b', 3), ('build', 4)) entry (task, position);
            insert into meta.task_attempt (pipeline, data_date, task, attempt, state, worker, started_at, finished_at)
            select pipeline, data_date, task, 1, 'success', 'w', now(), now() from meta.task_run;
            analyze meta.pipeline_run; analyze meta.task_run; analyze meta.task_attempt
            """);
        fill.CommandTimeout = 0;
        await fill.ExecuteNonQueryAsync(Token);
        var history = new RunHistory(pipeline.Warehouse);

        // The last page of many, by what the page before told.
        var middle = (await history.ListAsync(new(1) { From = new(1900, 1, 1), To = new(1900, 1, 1) }, Token)).Single();
        var page = await history.ListAsync(new(30) { After = middle.Place() }, Token);
        Assert.Equal(Enumerable.Range(1, 30).Select(days => new DateOnly(1900, 1, 1).AddDays(-days)), page.Select(run => run.DataDate));
        Assert.All(page, run => Assert.Equal(4, run.Tasks.Count));
        foreach (var query in new[] { new RunQuery(30), new RunQuery(30) { After = middle.Place() }, new RunQuery(30) { State = "failed", From = new(2020, 1, 1) } })
        {
            await AssertIndexedAsync(pipeline, RunHistory.ListSql, most: 200, RunHistory.ListParameters(query));
        }

        // A run from its request to its end, statement by statement as the server counts what it reads.
        var before = await ReadAsync(pipeline);
        var ended = await pipeline.RunAsync([new(2026, 1, 5)]);
        var after = await ReadAsync(pipeline);
        Assert.Equal(TaskState.Success, ended.Values.Single().State);
        Assert.Equal(before.Scans, after.Scans);
        Assert.InRange(after.Tuples - before.Tuples, 0, 1_000);
    }

    private static async Task AssertIndexedAsync(TestPipeline pipeline, string sql, int most, NpgsqlParameter[] parameters)
    {
        await using var command = pipeline.Warehouse.CreateCommand("explain (analyze, buffers, format json) " + sql);
        command.Parameters.AddRange(parameters);
        var plan = (string)(await command.ExecuteScalarAsync(Token))!;

        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        var top = JsonDocument.Parse(plan).RootElement[0].GetProperty("Plan");
        Assert.InRange(top.GetProperty("Shared Hit Blocks").GetInt32() + top.GetProperty("Shared Read Blocks").GetInt32(), 0, most);
    }

    /// <summary>Sequential scans of the ledger's tables, and rows read from them by indexes, since the database was made.</summary>
    private static async Task<(long Scans, long Tuples)> ReadAsync(TestPipeline pipeline)
    {
        // Sessions tell the server what they read when they end, or at the latest some seconds later.
        await pipeline.KillSessionsAsync("worker");
        pipeline.Warehouse.Clear();
        await using var fresh = NpgsqlDataSource.Create(pipeline.ConnectionString);
        await TestWorker.UntilAsync(async () =>
        {
            await using var others = fresh.CreateCommand(
                "select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()");
            return await others.ExecuteScalarAsync(Token) is 0L;
        });
        await using var command = fresh.CreateCommand("""
            select sum(seq_scan)::bigint, sum(idx_tup_fetch)::bigint from pg_stat_user_tables
            where schemaname = 'meta' and relname in ('pipeline_run', 'task_run', 'task_attempt')
            """);
        await using var reader = await command.ExecuteReaderAsync(Token);
        await reader.ReadAsync(Token);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
