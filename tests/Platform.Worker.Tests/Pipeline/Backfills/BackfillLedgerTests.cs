using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Backfills;

namespace Platform.Worker.Tests.Pipeline.Backfills;

public sealed class BackfillLedgerTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);
    private static readonly DataDateRange Six = new(Day, Day.AddDays(5));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, new[] { 0, 2, 4 })]
    [InlineData(true, new[] { 4, 2, 0 })]
    public async Task Backfill_Order_DecidesWhichBatchComesFirst(bool newestFirst, int[] firstDays)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 2;
        var backfills = pipeline.Backfills();

        var (id, queued) = await backfills.RequestAsync(new(Six) { NewestFirst = newestFirst }, "maria@host", Token);
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal(Six.Dates, queued);
        Assert.Equal(firstDays.Select(Day.AddDays), pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates.From));
        var backfill = await backfills.FindAsync(id, Token);
        Assert.Equal(("ended", 6, 6, 24L, 24L, null), (backfill!.State, backfill.Dates, backfill.Succeeded, backfill.TasksDone, backfill.Tasks, backfill.SecondsLeft));
        Assert.NotNull(backfill.FinishedAt);
        Assert.Equal(["maria@host backfill.request etl_full_pipeline_daily 2026-01-05..2026-01-10"], await pipeline.AuditAsync());
    }

    [Fact]
    public async Task Backfill_OfNewestFirst_LetsOtherRunsPass()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 1;
        await pipeline.Backfills().RequestAsync(new(new(Day, Day.AddDays(1))) { NewestFirst = true }, "x", Token);
        await pipeline.Runner().QueueAsync([Day.AddDays(-1)], RunTrigger.Schedule, again: false, force: false, Token);

        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal(
            [Day.AddDays(-1), Day.AddDays(1), Day], pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates.From));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Backfill_Parallel_IsTheLimitOfAllWorkersTogether(int parallel)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 3;
        var (now, most) = (0, 0);
        var gate = new Lock();
        var full = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                lock (gate)
                {
                    most = Math.Max(most, ++now);
                }
                if (most == parallel)
                {
                    full.TrySetResult();
                }
                await full.Task.WaitAsync(token);
                await Task.Delay(50, token);
                lock (gate)
                {
                    now--;
                }
            }
            return new TaskOutcome();
        };
        await pipeline.Backfills().RequestAsync(new(Six) { Parallel = parallel }, "x", Token);

        await Task.WhenAll(
            pipeline.Runner("first").WorkAsync(null, new WorkOptions(), null, Token),
            pipeline.Runner("second").WorkAsync(null, new WorkOptions(), null, Token));

        Assert.Equal(parallel, most);
        Assert.All(await pipeline.RunsAsync(), run => Assert.EndsWith("success backfill -", run, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Backfill_UnderWay_TellsHowFarItIsAndWhatIsLeft()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 2;
        var backfills = pipeline.Backfills();
        var (id, _) = await backfills.RequestAsync(new(Six), "x", Token);
        BackfillRecord? seen = null;
        pipeline.Work = async (task, dates, token) =>
        {
            if (task == "build" && dates.From == Day.AddDays(2))
            {
                seen = await backfills.FindAsync(id, token);
            }
            return task == "load_a" && dates.From == Day ? throw new DataFaultException("bad") : new TaskOutcome();
        };

        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        // Two dates have ended with their 4 tasks each; of the next two all but the build is done.
        Assert.Equal((6, 1, 1, 2, 2, 14L), (seen!.Dates, seen.Succeeded, seen.Failed, seen.Running, seen.Queued, seen.TasksDone));
        Assert.Equal("running", seen.State);
        Assert.InRange(seen.SecondsLeft!.Value, 0, 600);
        Assert.Equal((5, 1), (await backfills.FindAsync(id, Token)) is { } ended ? (ended.Succeeded, ended.Failed) : default);
    }

    [Fact]
    public async Task Resume_AfterFailuresAndCancellation_DoesTheRestOnly()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var backfills = pipeline.Backfills();
        var (id, _) = await backfills.RequestAsync(new(Six), "x", Token);
        await pipeline.Control().CancelAsync(new(Day.AddDays(3), Day.AddDays(5)), "x", null, Token);
        pipeline.Work = (task, dates, _) => task == "load_a" && dates.From == Day ? throw new DataFaultException("bad") : Task.FromResult(new TaskOutcome());
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);
        Assert.Equal(("ended", 2, 1, 3), (await backfills.FindAsync(id, Token)) is { } half ? (half.State, half.Succeeded, half.Failed, half.Cancelled) : default);
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());

        var queued = await backfills.ResumeAsync(id, "maria@host", Token);
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal([Day, Day.AddDays(3), Day.AddDays(4), Day.AddDays(5)], queued);
        Assert.Equal(("ended", 6), (await backfills.FindAsync(id, Token)) is { } whole ? (whole.State, whole.Succeeded) : default);
        Assert.Null(await backfills.ResumeAsync(id + 1, "x", Token));
        Assert.Equal([], await backfills.ResumeAsync(id, "x", Token));
    }

    [Fact]
    public async Task TwoWorkers_OneIsKilledHalfWay_TheOtherDoesItsDatesAndEachDateEndsOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 2;
        var stuck = new TaskCompletionSource();
        pipeline.Work = async (task, dates, token) =>
        {
            // Neither its session nor its process answers any more.
            if (task == "load_b" && dates.From == Day.AddDays(1) && stuck.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            }
            return new TaskOutcome();
        };
        var backfills = pipeline.Backfills();
        var (id, _) = await backfills.RequestAsync(new(Six), "x", Token);
        _ = pipeline.Runner("dead").WorkAsync(null, new WorkOptions(), null, CancellationToken.None);
        await stuck.Task.WaitAsync(Token);
        var other = pipeline.Runner("other").WorkAsync(null, new WorkOptions(), null, Token);
        await TestWorker.UntilAsync(async () => (await pipeline.QueryAsync("select 1 from meta.pipeline_run where attempt > 0")).Length > 2);

        await pipeline.KillSessionsAsync("dead");
        await other;

        Assert.Equal(("ended", 6, 0), (await backfills.FindAsync(id, Token)) is { } backfill ? (backfill.State, backfill.Succeeded, backfill.Failed) : default);
        Assert.Empty(await pipeline.QueryAsync("select 1 from meta.task_attempt where state = 'running'"));
        Assert.Equal(6, (await pipeline.QueryAsync("select 1 from meta.task_attempt where task = 'build' and state = 'success'")).Length);
    }
}
