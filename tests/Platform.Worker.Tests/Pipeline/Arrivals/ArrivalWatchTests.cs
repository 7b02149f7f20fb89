using Microsoft.Extensions.Time.Testing;
using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline.Arrivals;

public sealed class ArrivalWatchTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);
    private static readonly DateTimeOffset Due = new(2026, 1, 6, 6, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_PartitionHasNotLanded_TheRunWaitsWithoutAnAttempt()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        Miss(pipeline, "load_b", Day);

        var ended = await pipeline.RunAsync([Day]);

        Assert.Equal((TaskState.Waiting, "b/20260105 has not landed"), (ended[Day].State, ended[Day].Error));
        Assert.Equal(["2026-01-05 waiting manual -"], await pipeline.RunsAsync());
        Assert.Equal(["generate success 1", "load_a success 1", "load_b waiting 0", "build pending 0"], await pipeline.TasksAsync(Day));
        Assert.Equal(["load_b: b/20260105 has not landed"], await pipeline.QueryAsync("select error from meta.pipeline_run"));
        Assert.Equal(["0"], await pipeline.QueryAsync("select count(*) from meta.task_attempt where task = 'load_b'"));
    }

    [Fact]
    public async Task Run_OneDateWaits_OthersAreBuiltAndItsLoadedPartIsTakenBack()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var late = Day.AddDays(1);
        Miss(pipeline, "load_b", late);
        await pipeline.EnterLoadAsync(late);

        await pipeline.RunAsync([Day, late, Day.AddDays(2)]);

        Assert.Equal(
            [new(Day, Day), new(Day.AddDays(2), Day.AddDays(2))],
            pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates));
        Assert.Equal([("load_b", late), ("load_a", late), ("generate", late)], pipeline.Withdrawn.Take(3));
        Assert.Equal(["generate pending 1", "load_a pending 1", "load_b waiting 0", "build pending 0"], await pipeline.TasksAsync(late));
    }

    [Fact]
    public async Task Wake_StillMissing_LeavesTheRunAloneEvenIfItsOtherTasksAreToBeDoneAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        Miss(pipeline, "load_b", Day);
        await pipeline.EnterLoadAsync(Day);
        await pipeline.RunAsync([Day, Day.AddDays(1)]);

        Assert.Empty(await pipeline.Watch().WakeAsync(null, Token));
        Assert.Equal(["2026-01-05 waiting manual -", "2026-01-06 success manual -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Wake_HasLanded_TheRunGoesOnAfterTheTasksThatAreDone()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        Miss(pipeline, "load_b", Day);
        await pipeline.RunAsync([Day]);
        pipeline.Missing.Clear();

        var queued = await pipeline.Watch().WakeAsync(null, Token);
        await pipeline.Runner("another").WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal([Day], queued);
        Assert.Equal(["generate", "load_a", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(["-"], await pipeline.QueryAsync("select error from meta.pipeline_run"));
    }

    [Fact]
    public async Task Queue_WaitingDate_IsLookedAtAtOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        Miss(pipeline, "load_b", Day);
        await pipeline.RunAsync([Day]);
        pipeline.Missing.Clear();

        await pipeline.RunAsync([Day], again: true);

        Assert.Equal(["generate", "load_a", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Wake_DeadlinePasses_OpensOneIncidentWhichArrivalResolves()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var clock = new FakeTimeProvider(Due.AddMinutes(-1));
        pipeline.Clock = clock;
        Miss(pipeline, "load_b", Day);
        await pipeline.RunAsync([Day]);

        await pipeline.Watch().WakeAsync(null, Token);
        Assert.Empty(await pipeline.Incidents().LatestAsync(openOnly: false, 10, Token));

        clock.Advance(TimeSpan.FromMinutes(1));
        await pipeline.Watch().WakeAsync(null, Token);
        await pipeline.Watch().WakeAsync(null, Token);
        var open = Assert.Single(await pipeline.Incidents().LatestAsync(openOnly: true, 10, Token));
        Assert.Equal(("late_partition", "b", Day, Due), (open.Kind, open.Domain, open.DataDate, open.OpenedAt));
        Assert.Equal("b/20260105 has not landed; it was due by 2026-01-06 06:00 UTC.", open.Message);

        clock.Advance(TimeSpan.FromHours(2));
        pipeline.Missing.Clear();
        await pipeline.Watch().WakeAsync(null, Token);
        Assert.Empty(await pipeline.Incidents().LatestAsync(openOnly: true, 10, Token));
        Assert.Equal(Due.AddHours(2), Assert.Single(await pipeline.Incidents().LatestAsync(openOnly: false, 10, Token)).ResolvedAt);
    }

    [Fact]
    public async Task Wake_ALaterDomainIsLateToo_HasAnIncidentOfItsOwnAlthoughTheRunWaitsForTheFirst()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Clock = new FakeTimeProvider(Due);
        Miss(pipeline, "load_a", Day);
        Miss(pipeline, "load_b", Day);
        await pipeline.RunAsync([Day]);

        await pipeline.Watch().WakeAsync(null, Token);
        pipeline.Missing.TryRemove(("load_b", Day), out _);
        await pipeline.Watch().WakeAsync(null, Token);

        Assert.Equal(
            ["a -", "b resolved"],
            await pipeline.QueryAsync("select domain, case when resolved_at is not null then 'resolved' end from meta.incident order by domain"));
    }

    [Fact]
    public async Task Wake_RunGivenUp_ResolvesItsIncident()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Clock = new FakeTimeProvider(Due);
        Miss(pipeline, "load_a", Day);
        await pipeline.RunAsync([Day]);
        await pipeline.Watch().WakeAsync(null, Token);

        await pipeline.QueryAsync("update meta.pipeline_run set state = 'cancelled'");
        await pipeline.Watch().WakeAsync(null, Token);

        Assert.Empty(await pipeline.Incidents().LatestAsync(openOnly: true, 10, Token));
    }

    [Fact]
    public async Task Work_ToldToWait_LooksEveryIntervalAndGoesOn()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var clock = new FakeTimeProvider(Due.AddMinutes(-1));
        pipeline.Clock = clock;
        Miss(pipeline, "load_b", Day);
        var runner = pipeline.Runner();
        await runner.QueueAsync([Day], RunTrigger.Manual, again: false, force: false, Token);

        var work = runner.WorkAsync([Day], new WorkOptions { WaitForPartitions = true }, null, Token);
        // An incident is opened by the first look after the deadline, so the runner looks for as long as it waits.
        await TestWorker.UntilAsync(async () =>
        {
            clock.Advance(pipeline.Options.ArrivalInterval);
            return (await pipeline.Incidents().LatestAsync(openOnly: true, 1, Token)).Count == 1;
        });
        Assert.False(work.IsCompleted);
        pipeline.Missing.Clear();
        await TestWorker.UntilAsync(() =>
        {
            clock.Advance(pipeline.Options.ArrivalInterval);
            return Task.FromResult(work.IsCompleted);
        });

        Assert.Equal(TaskState.Success, (await work)[Day].State);
    }

    [Fact]
    public async Task Work_InterruptedWhileItWaits_CancelsTheRun()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Miss(pipeline, "load_b", Day);
        var runner = pipeline.Runner();
        await runner.QueueAsync([Day], RunTrigger.Manual, again: false, force: false, Token);

        var work = runner.WorkAsync([Day], new WorkOptions { WaitForPartitions = true, WhenInterrupted = RunState.Cancelled }, null, stop.Token);
        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).SequenceEqual(["2026-01-05 waiting manual -"]));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal(["2026-01-05 cancelled manual -"], await pipeline.RunsAsync());
        Assert.Equal(["generate success 1", "load_a success 1", "load_b cancelled 0", "build cancelled 0"], await pipeline.TasksAsync(Day));
    }

    [Fact]
    public async Task QueueCorrected_RecentDateLandedAgain_RunsItAgainAndLeavesOlderOnesAlone()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.CorrectionDays = 3;
        pipeline.Clock = new FakeTimeProvider(Due);
        DateOnly[] days = [.. Enumerable.Range(-4, 5).Select(Day.AddDays)];
        await pipeline.RunAsync(days);
        foreach (var day in days)
        {
            pipeline.Corrected.Add(day);
        }

        var queued = await pipeline.Watch().QueueCorrectedAsync(Token);

        Assert.Equal([Day.AddDays(-2), Day.AddDays(-1), Day], queued);
        Assert.Equal(["queued correction"], await pipeline.QueryAsync("select state, trigger from meta.pipeline_run where data_date = '2026-01-05'"));
    }

    [Fact]
    public async Task QueueCorrected_FailedDateLandedAgain_IsTriedAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Clock = new FakeTimeProvider(Due);
        pipeline.Work = (task, _, _) => task == "load_a" ? throw new DataFaultException("broken file") : Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day]);
        Assert.Empty(await pipeline.Watch().QueueCorrectedAsync(Token));
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        pipeline.Corrected.Add(Day);

        await pipeline.Watch().QueueCorrectedAsync(Token);
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal(["2026-01-05 success correction -"], await pipeline.RunsAsync());
    }

    private static void Miss(TestPipeline pipeline, string task, DateOnly date)
    {
        var domain = task["load_".Length..];
        pipeline.Missing[(task, date)] = new(domain, date, $"{domain}/{date:yyyyMMdd} has not landed", Due);
    }
}
