using System.Diagnostics;
using System.Globalization;
using Platform.Testing;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline.Faults;

/// <summary>Workers that are killed again and again, at random moments, three of them at once on the same data dates.</summary>
public sealed class KillSoakTests(EmbeddedServers servers)
{
    private const int Kills = 102;
    private const int Workers = 3;
    private const string Range = "--from 2026-01-28 --to 2026-01-31";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workers_KilledAHundredTimes_EndWithTheContentOfAnUndisturbedRun()
    {
        var seed = Environment.GetEnvironmentVariable("KILL_SOAK_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"KILL_SOAK_SEED={seed}");
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await using var killed = await TestSystem.CreateAsync(servers);
        await undisturbed.RunAsync($"backfill {Range}");
        await killed.RunAsync("status");
        var settings = killed.Settings();
        settings["Pipeline__BatchDays"] = "2";

        // On a crowded machine a Worker takes long to come to its first task; how long, another one tells.
        var started = Stopwatch.GetTimestamp();
        await WorkerProcess.RunAsync(["status"], settings, Token);
        var patience = 4 * Stopwatch.GetElapsedTime(started);

        var left = Kills;
        var worked = await Task.WhenAll(Enumerable.Range(0, Workers).Select(slot => Task.Run(async () =>
        {
            var random = new Random(seed + slot);
            var underWay = 0;
            while (Interlocked.Decrement(ref left) >= 0)
            {
                underWay += await KillOneAsync(killed, settings, patience, random) ? 1 : 0;
            }
            return underWay;
        })));
        await using var command = killed.Warehouse.CreateCommand(
            "select string_agg(task || ' ' || times, ', ' order by task) from (select task, count(*) as times from meta.task_attempt where state = 'running' or error like '% stopped before%' group by task) cut");
        TestContext.Current.TestOutputHelper?.WriteLine($"{worked.Sum()} of {Kills} were killed while a task was under way: {await command.ExecuteScalarAsync(Token)}");
        var (code, output, error) = await WorkerProcess.RunAsync($"backfill {Range}".Split(' '), settings, Token);

        Assert.True(code == 0, $"seed {seed}: {error}{output}");
        Assert.True(worked.Sum() > Kills / 4, $"seed {seed}: only {worked.Sum()} kills met a task");
        Assert.Equal(await undisturbed.ContentAsync(), await killed.ContentAsync());
        await AssertNothingIsLeftAsync(killed);
        Assert.True(await killed.HoldsAsync("(select count(*) from meta.pipeline_run where state = 'success') = 4"));
        Assert.True(await killed.HoldsAsync("exists (select from meta.task_attempt where error like '% stopped before the task ended')"));
    }

    /// <summary>What must hold after the next run, whatever ended the one before.</summary>
    internal static async Task AssertNothingIsLeftAsync(TestSystem system)
    {
        Assert.True(await system.HoldsAsync("not exists (select from pg_class where relnamespace = 'candidate'::regnamespace)"), "A candidate was left.");
        Assert.True(await system.HoldsAsync("not exists (select from pg_class where relnamespace = 'staging'::regnamespace)"), "Rows of a load were left.");
        Assert.True(await system.HoldsAsync("not exists (select from pg_locks join pg_database d on d.oid = database where datname = current_database() and locktype = 'advisory')"), "A lock is held.");
        Assert.True(await system.HoldsAsync("not exists (select from meta.task_attempt where state = 'running')"), "An attempt has no end.");
        Assert.True(await system.HoldsAsync("not exists (select from meta.task_run join meta.pipeline_run using (pipeline, data_date) where pipeline_run.state = 'success' and task_run.state not in ('success', 'skipped'))"), "A run that succeeded has a task that did not.");
        Assert.True(await system.HoldsAsync("not exists (select from meta.stale_date)"), "A date was not built again.");
        Assert.True(await system.HoldsAsync("(select count(*) from meta.publication where is_current) = 1"), "There is not one current publication.");
        Assert.True(await system.HoldsAsync("not exists (select from meta.invocation where finished_at is null)"), "A build has no end.");
    }

    /// <summary>Starts a Worker on the range and kills it: mostly some moments after its first task began, now and then at any moment of its start.</summary>
    /// <param name="patience">How long it has to begin one; a Worker that finds every date held by others waits for them, and is killed while it does.</param>
    /// <returns>Whether a task of it was under way.</returns>
    private static async Task<bool> KillOneAsync(TestSystem system, IReadOnlyDictionary<string, string> settings, TimeSpan patience, Random random)
    {
        await using var worker = WorkerProcess.Start([.. $"backfill {Range}".Split(' '), "--force"], settings);
        var name = $"{Environment.MachineName}/{worker.Id}";
        var begun = $"exists (select from meta.task_attempt where worker = '{name}')";
        if (random.Next(8) > 0)
        {
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < patience && !worker.HasExited && !await system.HoldsAsync(begun))
            {
                await Task.Delay(20, Token);
            }
            await Task.Delay(random.Next(700), Token);
        }
        else
        {
            await Task.Delay(random.Next(1500), Token);
        }
        var underWay = await system.HoldsAsync($"exists (select from meta.task_attempt where worker = '{name}' and state = 'running')");
        await worker.KillAsync();
        return underWay;
    }
}
