using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Operate.Cli.Runs;

/// <summary>The verbs of an operator's day, by the real executable.</summary>
public sealed class RunsVerbTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verbs_OfADay_WorkOnTheLedgerAndAreAudited()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        var user = $"{Environment.UserName}@{Environment.MachineName}";

        var run = await JsonAsync(system, 0, "run --date 2026-01-05 --json");
        Assert.Equal("success", run.GetProperty("runs")[0].GetProperty("state").GetString());
        var shown = await JsonAsync(system, 0, "runs show --date 2026-01-05 --json");
        var load = shown.GetProperty("attempts").EnumerateArray().Single(attempt => attempt.GetProperty("task").GetString() == "etl_sales");
        Assert.Equal(64, load.GetProperty("inputs").GetProperty("datasets")[0].GetProperty("content_sha256").GetString()!.Length);
        Assert.Equal(
            64, shown.GetProperty("attempts").EnumerateArray().Single(attempt => attempt.GetProperty("task").GetString() == "dbt_build")
                .GetProperty("inputs").GetProperty("models_sha256").GetString()!.Length);
        Assert.Contains("etl_sales 2026-01-05 succeeded", await system.RunAsync("runs logs etl_sales --date 2026-01-05"), StringComparison.Ordinal);

        Assert.Equal("2026-01-05", (await JsonAsync(system, 0, "runs clear --date 2026-01-05 --task etl_finance --json")).GetProperty("queued")[0].GetString());
        var listed = await JsonAsync(system, 0, "runs list --state queued --json");
        Assert.Equal(
            ["generate_mock_data=success", "etl_sales=success", "etl_operations=success", "etl_finance=pending", "dbt_build=pending"],
            listed.GetProperty("runs")[0].GetProperty("tasks").EnumerateArray().Select(task => $"{task.GetProperty("task")}={task.GetProperty("state")}"));
        Assert.Equal("2026-01-05", (await JsonAsync(system, 0, "runs cancel --date 2026-01-05 --why no --json")).GetProperty("cancelled")[0].GetString());

        Assert.Equal("disk", (await JsonAsync(system, 0, "pipeline pause --why disk --json")).GetProperty("paused").GetProperty("why").GetString());
        Assert.Equal("disk", (await JsonAsync(system, 0, "status --json")).GetProperty("paused").GetProperty("why").GetString());
        var paused = await JsonAsync(system, 4, "backfill --from 2026-01-05 --to 2026-01-06 --newest-first --parallel 2 --json");
        Assert.Equal(["queued", "queued"], paused.GetProperty("runs").EnumerateArray().Select(queued => queued.GetProperty("state").GetString()));
        var backfill = paused.GetProperty("backfill").GetInt64();
        Assert.Equal("paused", (await JsonAsync(system, 0, $"backfill show {backfill} --json")).GetProperty("state").GetString());
        await system.RunAsync("pipeline resume");
        await system.RunAsync($"backfill resume {backfill}");
        var done = (await JsonAsync(system, 0, "backfill list --json")).GetProperty("backfills")[0];
        Assert.Equal(("ended", 2, "newest_first", 2), (
            done.GetProperty("state").GetString(), done.GetProperty("succeeded").GetInt32(), done.GetProperty("order").GetString(), done.GetProperty("parallel").GetInt32()));

        var audit = await JsonAsync(system, 0, "audit --json");
        Assert.Equal(
            ["run.request", "run.clear", "run.cancel", "pipeline.pause", "backfill.request", "pipeline.resume", "backfill.resume"],
            audit.GetProperty("entries").EnumerateArray().Reverse().Select(entry => entry.GetProperty("action").GetString()));
        Assert.All(audit.GetProperty("entries").EnumerateArray(), entry => Assert.Equal(user, entry.GetProperty("who").GetString()));
    }

    [Fact]
    public async Task Backfill_SharedByTwoProcesses_OneIsKilledHalfWay_EndsWithTheContentOfAnUndisturbedOne()
    {
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await undisturbed.RunAsync("backfill --from 2026-01-05 --to 2026-01-10");
        await using var system = await TestSystem.CreateAsync(servers);
        var settings = system.Settings();
        settings["Pipeline__BatchDays"] = "2";

        await using var killed = WorkerProcess.Start("backfill --from 2026-01-05 --to 2026-01-10".Split(' '), settings);
        await TestWorker.UntilAsync(() => system.HoldsAsync("exists (select from meta.pipeline_run where state = 'running')"));
        await using var other = WorkerProcess.Start("backfill resume 1".Split(' '), settings);
        await TestWorker.UntilAsync(() => system.HoldsAsync("(select count(distinct worker) from meta.task_attempt) = 2"));
        await killed.KillAsync();
        var code = await other.WaitAsync(Token);

        Assert.True(code == 0, other.Error + other.Output);
        Assert.Contains("6 of 6 data dates succeeded.", other.Output, StringComparison.Ordinal);
        Assert.True(await system.HoldsAsync("not exists (select from meta.pipeline_run where state <> 'success')"));
        Assert.True(await system.HoldsAsync("not exists (select from meta.task_attempt where state = 'running')"));
        Assert.True(await system.HoldsAsync("(select count(*) from meta.backfill_date where state = 'success') = 6"));
        Assert.Equal(await undisturbed.ContentAsync(), await system.ContentAsync());
    }

    private static async Task<JsonElement> JsonAsync(TestSystem system, int expected, string arguments)
    {
        var (code, output, error) = await WorkerProcess.RunAsync(arguments.Split(' '), system.Settings(), Token);
        Assert.True(code == expected, $"{arguments} exited with {code}: {error}{output}");
        return JsonDocument.Parse(output).RootElement;
    }
}
