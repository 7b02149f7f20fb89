using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Tests.Pipeline.Control;

public sealed class PipelinePauseTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pause_InTheMiddleOfABatch_EndsWhatIsUnderWayAndBeginsNothing()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.MaxParallelDates = 1;
        pipeline.Work = async (task, dates, token) =>
        {
            if (task == "generate" && dates.From == Day)
            {
                Assert.True(await pipeline.Pause().PauseAsync(TestPipeline.Name, "maria@host", "disk", token));
            }
            return new TaskOutcome();
        };

        await pipeline.RunAsync([Day, Day.AddDays(1)]);

        Assert.Equal(["2026-01-05 success manual -", "2026-01-06 queued manual -"], await pipeline.RunsAsync());
        Assert.False(await pipeline.Pause().PauseAsync(TestPipeline.Name, "tom@host", null, Token));
        Assert.True(await pipeline.Pause().ResumeAsync(TestPipeline.Name, "tom@host", null, Token));
        Assert.False(await pipeline.Pause().ResumeAsync(TestPipeline.Name, "tom@host", null, Token));
        await pipeline.Runner().WorkAsync(null, new WorkOptions { WaitForPartitions = true }, null, Token);
        Assert.Equal(["2026-01-05 success manual -", "2026-01-06 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(
            [$"maria@host pipeline.pause {TestPipeline.Name}", $"tom@host pipeline.resume {TestPipeline.Name}"], await pipeline.AuditAsync());
    }

    [Fact]
    public async Task Pause_BeforeTheStart_CatchUpAndResumeJobQueueAndBeginNothing()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.Pause().PauseAsync(TestPipeline.Name, "maria@host", null, Token);
        await using var worker = await TestWorker.StartAsync(pipeline, catchUpDays: 2);
        var scheduler = await worker.SchedulerAsync();
        await scheduler.TriggerJob(PipelineSchedule.Resume, cancellationToken: Token);
        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).Length == 2);
        await TestWorker.UntilAsync(async () => (await pipeline.QueryAsync(
            "select 1 from quartz.qrtz_execution_history where job_name = 'resume'")).Length > 0);

        Assert.Equal(["2 0"], await pipeline.QueryAsync("select count(*) filter (where state = 'queued'), count(*) filter (where attempt > 0) from meta.pipeline_run"));
        Assert.Empty(pipeline.Calls);
        await TestWorker.UntilAsync(async () =>
            (await worker.Http.GetStringAsync("/api/v1/progress", Token)).Contains("The pipeline is paused", StringComparison.Ordinal));

        using var resumed = await worker.Http.PostAsync("/api/v1/pipeline/resume", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), Token);
        resumed.EnsureSuccessStatusCode();
        await TestWorker.UntilAsync(async () => (await pipeline.QueryAsync("select 1 from meta.pipeline_run where state = 'success'")).Length == 2);
    }
}
