using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>Tasks that do not depend on each other, pools, and time limits of tasks.</summary>
public sealed class SideBySideTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_IndependentTasks_AreUnderWayAtOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers, sideBySide: true);
        var both = new CountdownEvent(2);
        var met = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            if (task.StartsWith("load", StringComparison.Ordinal))
            {
                if (both.Signal())
                {
                    met.SetResult();
                }
                // Ends only when the other has begun.
                await met.Task.WaitAsync(token);
            }
            return new TaskOutcome();
        };

        await pipeline.RunAsync([Day]);

        Assert.Equal("generate", pipeline.Calls.First().Task);
        Assert.Equal("build", pipeline.Calls.Last().Task);
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(0, "database")]
    public async Task Run_LimitOrPoolOfOne_RunsThemOneAfterTheOther(int limit, string? pool)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers, sideBySide: true);
        pipeline.Options.MaxParallelTasks = limit;
        pipeline.Options.MaxParallelDates = limit;
        if (pool is not null)
        {
            pipeline.Options.Pools[pool] = 1;
            pipeline.Options.TaskPools["load_a"] = pool;
            pipeline.Options.TaskPools["load_b"] = pool;
        }
        var (now, most) = (0, 0);
        pipeline.Work = async (task, _, token) =>
        {
            if (task.StartsWith("load", StringComparison.Ordinal))
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                await Task.Delay(50, token);
                Interlocked.Decrement(ref now);
            }
            return new TaskOutcome();
        };
        var dates = new[] { Day, Day.AddDays(1) };
        await pipeline.Runner().QueueAsync(dates, RunTrigger.Manual, again: false, force: false, Token);
        pipeline.Options.BatchDays = pool is null ? 31 : 1;

        await Task.WhenAll(
            pipeline.Runner("first").WorkAsync(dates, new WorkOptions(), null, Token),
            pool is null ? Task.CompletedTask : pipeline.Runner("second").WorkAsync(dates, new WorkOptions(), null, Token));

        Assert.Equal(1, most);
        Assert.Equal(4, pipeline.Calls.Count(call => call.Task.StartsWith("load", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_OneFails_TheOtherIsLoadedAndTheRunFailsWithItsReason()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers, sideBySide: true);
        var failed = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                failed.SetResult();
                throw new DataFaultException("bad file");
            }
            if (task == "load_b")
            {
                await failed.Task.WaitAsync(token);
            }
            return new TaskOutcome();
        };

        var ended = await pipeline.RunAsync([Day]);

        Assert.Equal((TaskState.Failed, "bad file"), (ended[Day].State, ended[Day].Error));
        Assert.Equal(["generate success 1", "load_a failed 1", "load_b success 1", "build upstream_failed 0"], await pipeline.TasksAsync(Day));
        Assert.Equal(["failed data load_a: bad file"], await pipeline.QueryAsync("select state, error_class, error from meta.pipeline_run"));
    }

    [Fact]
    public async Task Run_OneWaits_TheOtherIsLoadedAndTheRunWaits()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers, sideBySide: true);
        pipeline.Missing[("load_a", Day)] = new("a", Day, "a/20260105 has not landed", null);

        await pipeline.RunAsync([Day]);

        Assert.Equal(["generate success 1", "load_a waiting 0", "load_b success 1", "build pending 0"], await pipeline.TasksAsync(Day));
        Assert.Equal(["waiting load_a: a/20260105 has not landed"], await pipeline.QueryAsync("select state, error from meta.pipeline_run"));
        pipeline.Missing.Clear();
        Assert.Equal([Day], await pipeline.Watch().WakeAsync(null, Token));
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);
        Assert.Equal(["generate success 1", "load_a success 1", "load_b success 1", "build success 1"], await pipeline.TasksAsync(Day));
    }

    [Fact]
    public async Task Task_TakesLongerThanItMay_IsTriedAgainAndFailsAsInfrastructure()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.MaxRetries = 1;
        pipeline.Options.TaskTimeouts["load_a"] = TimeSpan.FromMilliseconds(50);
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };

        var ended = await pipeline.RunAsync([Day]);

        Assert.Equal(Fault.Infrastructure, ended[Day].Fault);
        Assert.Contains("Pipeline:TaskTimeouts:load_a", ended[Day].Error, StringComparison.Ordinal);
        Assert.Equal(2, pipeline.Calls.Count(call => call.Task == "load_a"));
    }

    [Fact]
    public async Task Task_RetryDeadlineIsOver_IsNotTriedAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.RetryDeadline = TimeSpan.Zero;
        pipeline.Work = (task, _, _) => task == "load_a" ? throw new TimeoutException("blob storage does not answer") : Task.FromResult(new TaskOutcome());

        await pipeline.RunAsync([Day]);

        Assert.Single(pipeline.Calls, call => call.Task == "load_a");
        Assert.Equal(["2026-01-05 failed manual infrastructure"], await pipeline.RunsAsync());
    }
}
