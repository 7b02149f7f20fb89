using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;

namespace Platform.Worker.Tests.Pipeline.Control;

public sealed class RunControlTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, false, "generate load_a load_b build")]
    [InlineData("load_a", false, "load_a load_b build")]
    [InlineData("load_b", true, "load_b build")]
    [InlineData("build", false, "build")]
    public async Task Clear_ATask_DoesItAndThoseAfterItAgain(string? task, bool only, string expected)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        pipeline.Calls.Clear();

        var queued = await pipeline.Control().ClearAsync(new(new(Day, Day)) { Task = task, Only = only }, "maria@host", Token);
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal([Day], queued);
        Assert.Equal(expected.Split(' '), pipeline.Calls.Select(call => call.Task));
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(["maria@host run.clear etl_full_pipeline_daily 2026-01-05"], await pipeline.AuditAsync());
    }

    [Fact]
    public async Task Clear_OneTaskAloneThatLeavesTheFactsAsTheyWere_DoesNotBuildAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        pipeline.Calls.Clear();
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome { Changed = false });

        await pipeline.Control().ClearAsync(new(new(Day, Day)) { Task = "load_a", Only = true }, "maria@host", Token);
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);

        Assert.Equal(["load_a"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Clear_ARange_TakesEndedRunsAndLeavesOthersAlone()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var bad = Day.AddDays(1);
        pipeline.Work = (task, dates, _) => task == "load_a" && dates.From == bad ? throw new DataFaultException("bad") : Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day, bad]);
        await pipeline.Runner().QueueAsync([Day.AddDays(2)], RunTrigger.Schedule, again: false, force: false, Token);
        var range = new DataDateRange(Day, Day.AddDays(9));

        Assert.Equal([bad], await pipeline.Control().ClearAsync(new(range) { Failed = true }, "x", Token));
        Assert.Equal([Day], await pipeline.Control().ClearAsync(new(range) { Task = "build" }, "x", Token));

        Assert.Equal(["generate success 1", "load_a success 1", "load_b success 1", "build pending 1"], await pipeline.TasksAsync(Day));
        Assert.Equal(["2026-01-05 queued manual -", "2026-01-06 queued manual -", "2026-01-07 queued schedule -"], await pipeline.RunsAsync());
        await Assert.ThrowsAsync<ConfigurationFaultException>(() => pipeline.Control().ClearAsync(new(range) { Task = "load_z" }, "x", Token));
    }

    [Fact]
    public async Task Cancel_QueuedAndWaiting_AreCancelledAtOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.Runner().QueueAsync([Day, Day.AddDays(1)], RunTrigger.Manual, again: false, force: false, Token);
        pipeline.Missing[("load_a", Day)] = new("a", Day, "a/20260105 has not landed", null);
        await pipeline.Runner().WorkAsync([Day], new WorkOptions(), null, Token);

        var (cancelled, asked) = await pipeline.Control().CancelAsync(new(Day, Day.AddDays(9)), "maria@host", "not needed", Token);

        Assert.Equal([Day, Day.AddDays(1)], cancelled);
        Assert.Empty(asked);
        Assert.Equal(["2026-01-05 cancelled manual -", "2026-01-06 cancelled manual -"], await pipeline.RunsAsync());
        Assert.Equal(["generate success 1", "load_a cancelled 0", "load_b cancelled 0", "build cancelled 0"], await pipeline.TasksAsync(Day));
    }

    [Fact]
    public async Task Cancel_DateThatAnotherWorkerLoads_EndsItThereAndLeavesItsOtherDatesAlone()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var begun = new TaskCompletionSource();
        pipeline.Work = async (task, dates, token) =>
        {
            if (task == "load_a" && dates.From == Day && begun.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };
        var worker = pipeline.Runner("elsewhere");
        await worker.QueueAsync([Day, Day.AddDays(1)], RunTrigger.Manual, again: false, force: false, Token);
        var working = worker.WorkAsync(null, new WorkOptions(), null, Token);
        await begun.Task.WaitAsync(Token);

        var (_, asked) = await pipeline.Control().CancelAsync(new(Day, Day), "maria@host", null, Token);
        var ended = await working;

        Assert.Equal([Day], asked);
        Assert.Equal(TaskState.Cancelled, ended[Day].State);
        Assert.Equal(["2026-01-05 cancelled manual -", "2026-01-06 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(["generate success 1", "load_a cancelled 1", "load_b cancelled 0", "build cancelled 0"], await pipeline.TasksAsync(Day));
        Assert.Empty(await pipeline.QueryAsync("select 1 from meta.task_attempt where state = 'running'"));
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day], again: true);
        Assert.Equal(["2026-01-05 success manual -", "2026-01-06 success manual -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Cancel_DateOfABuild_BuildsTheOthersWithoutIt()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var building = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "build" && building.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };
        var worker = pipeline.Runner("elsewhere");
        await worker.QueueAsync([Day, Day.AddDays(1), Day.AddDays(2)], RunTrigger.Manual, again: false, force: false, Token);
        var working = worker.WorkAsync(null, new WorkOptions(), null, Token);
        await building.Task.WaitAsync(Token);

        await pipeline.Control().CancelAsync(new(Day.AddDays(1), Day.AddDays(1)), "maria@host", null, Token);
        await working;

        Assert.Equal(["2026-01-05 success manual -", "2026-01-06 cancelled manual -", "2026-01-07 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(
            [new(Day, Day.AddDays(2)), new(Day, Day), new(Day.AddDays(2), Day.AddDays(2))],
            pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates));
        Assert.Equal(9, pipeline.Calls.Count(call => call.Task != "build"));
    }

    [Fact]
    public async Task Cancel_TheWorkerIsGone_CancelsItHere()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        await pipeline.QueryAsync("""
            update meta.pipeline_run set state = 'running', finished_at = null;
            update meta.task_run set state = 'running' where task = 'load_b';
            update meta.task_attempt set state = 'running' where task = 'load_b'
            """);

        var (cancelled, asked) = await pipeline.Control().CancelAsync(new(Day, Day), "maria@host", null, Token);

        Assert.Equal([Day], cancelled);
        Assert.Empty(asked);
        Assert.Equal(["2026-01-05 cancelled manual -"], await pipeline.RunsAsync());
        Assert.Equal(["cancelled"], await pipeline.QueryAsync("select state from meta.task_attempt where task = 'load_b'"));
    }
}
