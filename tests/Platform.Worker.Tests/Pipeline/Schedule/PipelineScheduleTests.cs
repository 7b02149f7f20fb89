using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;
using Quartz;

namespace Platform.Worker.Tests.Pipeline.Schedule;

public sealed class PipelineScheduleTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_EmptyDatabase_ProvisionsItsTablesAndFiresDailyAtTwoUtc()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        var scheduler = await worker.SchedulerAsync();

        var daily = await scheduler.GetTrigger(new TriggerKey("daily"), Token);

        var next = daily!.NextFireTimeUtc!.Value;
        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.Zero), (next.TimeOfDay, next.Offset));
        Assert.InRange(next, DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow().AddDays(1));
        Assert.NotEqual(["0"], await pipeline.QueryAsync("select count(*) from information_schema.tables where table_schema = 'quartz'"));
    }

    [Fact]
    public async Task Start_AnotherScheduleThanBefore_FiresByTheNewOneOnly()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using (var before = await TestWorker.StartAsync(pipeline))
        {
            await before.SchedulerAsync();
        }
        var weekdays = new[] { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" }.Select((day, i) => ($"Pipeline:Calendar:WeekendDays:{i}", day));
        await using var worker = await TestWorker.StartAsync(pipeline, settings:
        [
            ("Pipeline:Cron", "0 30 2 * * ?"), ("Pipeline:TimeZone", "Asia/Tokyo"), ("Pipeline:Overlap", "queue"), .. weekdays,
        ]);
        var scheduler = await worker.SchedulerAsync();

        var daily = await scheduler.GetTrigger(new TriggerKey("daily"), Token);

        var next = await scheduler.GetUpcomingFireTimes(new TriggerKey("daily"), 3, Token);
        Assert.Equal(OverlapPolicy.BufferOne, daily!.OverlapPolicy);
        // Sunday, half past two, in Tokyo.
        Assert.All(next!, fire => Assert.Equal((DayOfWeek.Saturday, new TimeSpan(17, 30, 0)), (fire.UtcDateTime.DayOfWeek, fire.UtcDateTime.TimeOfDay)));
        Assert.Equal([TimeSpan.FromDays(7), TimeSpan.FromDays(7)], [next![1] - next[0], next[2] - next[1]]);
    }

    [Fact]
    public async Task Daily_AfterDaysOff_RunsTheirDatesToo()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, settings: [("Pipeline:Calendar:WeekendDays:0", "Saturday"), ("Pipeline:Calendar:WeekendDays:1", "Sunday")]);
        var scheduler = await worker.SchedulerAsync();

        // A Monday.
        await FireAsync(scheduler, new(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));

        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).SequenceEqual(
            ["2026-02-27 success schedule -", "2026-02-28 success schedule -", "2026-03-01 success schedule -"]));
    }

    [Fact]
    public async Task Daily_FiringsBeforeItWereLeftOut_RunsTheirDatesToo()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, settings: [("Pipeline:Overlap", "skip"), ("Pipeline:ResumeInterval", "1.00:00:00")]);
        var scheduler = await worker.SchedulerAsync();
        await pipeline.RunAsync([new(2026, 2, 25)], trigger: RunTrigger.Schedule);

        await FireAsync(scheduler, new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero));

        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).SequenceEqual(
            [.. Enumerable.Range(25, 4).Select(day => $"2026-02-{day} success schedule -")]));
    }

    [Fact]
    public async Task Daily_FiringOfAPastSlot_RunsTheDateThatWasDueThen()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        var scheduler = await worker.SchedulerAsync();

        await FireAsync(scheduler, new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero));

        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).SequenceEqual(["2026-02-28 success schedule -"]));
    }

    [Fact]
    public async Task Resume_RunWithoutAWorker_IsTakenUp()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        var scheduler = await worker.SchedulerAsync();
        await pipeline.Runner().QueueAsync([new(2026, 1, 5)], RunTrigger.Manual, again: false, force: false, Token);

        await scheduler.TriggerJob(PipelineSchedule.Resume, cancellationToken: Token);

        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).SequenceEqual(["2026-01-05 success manual -"]));
    }

    [Fact]
    public async Task Request_RunFails_HistoryKeepsTheReasonAndTheLog()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, _, _) => task == "load_a" ? throw new DataFaultException("bad partition") : Task.FromResult(new TaskOutcome());
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        using var response = await worker.Http.PostAsync("/api/v1/runs", new StringContent("""{"data_date":"2026-01-05"}""", System.Text.Encoding.UTF8, "application/json"), Token);
        response.EnsureSuccessStatusCode();

        string[] history = [];
        await TestWorker.UntilAsync(async () => (history = await pipeline.QueryAsync(
            "select summary, execution_log from quartz.qrtz_execution_history where job_name = 'requested_run'")).Length > 0);
        Assert.Contains("1 of 1 data dates failed, first 2026-01-05: bad partition", history[0], StringComparison.Ordinal);
        Assert.Contains("load_a 2026-01-05 failed", history[0], StringComparison.Ordinal);
    }

    /// <summary>A firing that comes late keeps the time it was due.</summary>
    private static async Task FireAsync(IScheduler scheduler, DateTimeOffset due) => await scheduler.ScheduleJob(
        TriggerBuilder.Create<ScheduledRunJob>()
            .ForJob(PipelineSchedule.ScheduledRun)
            .WithIdentity("late")
            .StartAt(due)
            .WithSimpleSchedule(once => once.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .Build(),
        cancellationToken: Token);
}
