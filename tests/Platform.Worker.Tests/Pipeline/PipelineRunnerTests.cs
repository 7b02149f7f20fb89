using Npgsql;
using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline;

public sealed class PipelineRunnerTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OneDate_DoesTheTasksInOrderAndSucceeds()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);

        var ended = await pipeline.RunAsync([Day]);

        Assert.Equal(["generate", "load_a", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal(TaskState.Success, ended[Day].State);
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(["generate success 1", "load_a success 1", "load_b success 1", "build success 1"], await pipeline.TasksAsync(Day));
        Assert.Equal(["4 0"], await pipeline.QueryAsync("select count(*), count(*) filter (where finished_at is null) from meta.task_attempt"));
    }

    [Fact]
    public async Task Run_ABatch_LoadsEveryDateBeforeBuildingOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        DateOnly[] days = [.. Enumerable.Range(0, 5).Select(Day.AddDays)];

        await pipeline.RunAsync(days, trigger: RunTrigger.Backfill);

        var calls = pipeline.Calls.ToArray();
        Assert.Equal(16, calls.Length);
        Assert.Equal(("build", new DataDateRange(Day, Day.AddDays(4))), calls[^1]);
        Assert.All(days, day => Assert.Equal(
            ["generate", "load_a", "load_b"], calls.SkipLast(1).Where(call => call.Dates.From == day).Select(call => call.Task)));
        Assert.Equal(days.Select(day => $"{day:O} success backfill -"), await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Run_MoreDatesThanABatchHolds_BuildsOncePerBatch()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 3;

        await pipeline.RunAsync([.. Enumerable.Range(0, 5).Select(Day.AddDays)]);

        Assert.Equal(
            [new(Day, Day.AddDays(2)), new(Day.AddDays(3), Day.AddDays(4))],
            pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates));
    }

    [Fact]
    public async Task Run_OneDateFailsOnItsData_OthersAreBuiltAroundIt()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var poison = Day.AddDays(2);
        await pipeline.EnterLoadAsync(poison);
        pipeline.Work = (task, dates, _) => task == "load_a" && dates.From == poison
            ? throw new DataFaultException("orders.csv is not what its manifest says")
            : Task.FromResult(new TaskOutcome());

        var ended = await pipeline.RunAsync([.. Enumerable.Range(0, 5).Select(Day.AddDays)]);

        Assert.Equal(
            [new(Day, Day.AddDays(1)), new(Day.AddDays(3), Day.AddDays(4))],
            pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates));
        Assert.Equal((TaskState.Failed, Fault.Data), (ended[poison].State, ended[poison].Fault));
        Assert.Equal([("load_b", poison), ("load_a", poison), ("generate", poison)], pipeline.Withdrawn.Take(3));
        Assert.Equal(["generate success 1", "load_a failed 1", "load_b upstream_failed 0", "build upstream_failed 0"], await pipeline.TasksAsync(poison));
        Assert.Equal(
            ["2026-01-05 success", "2026-01-06 success", "2026-01-07 failed", "2026-01-08 success", "2026-01-09 success"],
            await pipeline.QueryAsync("select data_date::text, state from meta.pipeline_run order by 1"));
        Assert.Equal(
            ["load_a: orders.csv is not what its manifest says"],
            await pipeline.QueryAsync("select error from meta.pipeline_run where state = 'failed'"));
    }

    [Fact]
    public async Task Run_ADateThatWasBuiltBeforeFails_KeepsItsFacts()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.EnterLoadAsync(Day);
        await pipeline.RunAsync([Day]);
        pipeline.Work = (task, dates, _) => task == "load_b" && dates.From == Day
            ? throw new DataFaultException("the supplier sent it again, broken")
            : Task.FromResult(new TaskOutcome());

        await pipeline.RunAsync([Day, Day.AddDays(1)], again: true);

        Assert.Equal(["2026-01-05 failed manual data", "2026-01-06 success manual -"], await pipeline.RunsAsync());
        Assert.Empty(pipeline.Withdrawn);
    }

    [Fact]
    public async Task Run_AnotherWorkerDiedOnAnotherDate_ItsPartIsTakenBackAndDoneAgainLater()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var abandoned = Day.AddDays(7);
        await pipeline.EnterLoadAsync(abandoned);
        await pipeline.RunAsync([abandoned]);
        await pipeline.QueryAsync("""
            delete from meta.task_attempt;
            update meta.pipeline_run set state = 'running';
            update meta.task_run set state = 'running' where task = 'load_b';
            update meta.task_run set state = 'pending' where task = 'build'
            """);
        pipeline.Calls.Clear();

        await pipeline.RunAsync([Day]);

        Assert.Equal([("load_b", abandoned), ("load_a", abandoned), ("generate", abandoned)], pipeline.Withdrawn);
        Assert.Equal(["generate pending 1", "load_a pending 1", "load_b pending 1", "build pending 1"], await pipeline.TasksAsync(abandoned));
        pipeline.Calls.Clear();
        await pipeline.Runner().WorkAsync(null, new WorkOptions(), null, Token);
        Assert.Equal(["generate", "load_a", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
    }

    [Fact]
    public async Task Work_GoesOnWithADateWhileABuildTakesItBack_DoesItsTasksAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var abandoned = Day.AddDays(7);
        await pipeline.EnterLoadAsync(abandoned);
        await pipeline.RunAsync([abandoned]);
        await pipeline.QueryAsync("""
            delete from meta.task_attempt;
            update meta.pipeline_run set state = 'running';
            update meta.task_run set state = 'running' where task = 'load_b';
            update meta.task_run set state = 'pending' where task = 'build'
            """);
        pipeline.Calls.Clear();
        Task resumed;
        await using (await FactsLock.ExclusiveAsync(pipeline.Warehouse, Token))
        {
            resumed = pipeline.Runner("resuming").WorkAsync([abandoned], new WorkOptions(), null, Token);
            await WaitForLockAsync(pipeline, "resuming");
            // What the build of the other Worker does when it finds the date half loaded.
            await pipeline.QueryAsync("update meta.task_run set state = 'pending'");
        }

        await resumed;

        Assert.Equal(["generate", "load_a", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
    }

    [Fact]
    public async Task Run_BuildFails_FailsEveryDateOfItsRange()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, _, _) => task == "build"
            ? throw new DataFaultException("test not_null_orders failed")
            : Task.FromResult(new TaskOutcome());

        await pipeline.RunAsync([Day, Day.AddDays(1)]);

        Assert.Equal(["2026-01-05 failed manual data", "2026-01-06 failed manual data"], await pipeline.RunsAsync());
        Assert.Single(pipeline.Calls, call => call.Task == "build");
    }

    [Fact]
    public async Task Run_InfrastructureFaultPasses_RetriesAndEntersEveryAttempt()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var faults = 2;
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a" && faults-- > 0)
            {
                await using var closed = new NpgsqlConnection("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
                await closed.OpenAsync(token);
            }
            return new TaskOutcome();
        };

        await pipeline.RunAsync([Day]);

        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(
            ["1 failed infrastructure", "2 failed infrastructure", "3 success -"],
            await pipeline.QueryAsync("select attempt, state, coalesce(error_class, '-') from meta.task_attempt where task = 'load_a' order by attempt"));
    }

    [Fact]
    public async Task Run_InfrastructureFaultStays_GivesUpAfterTheRetries()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, _, _) => task == "load_a" ? throw new TimeoutException("blob storage does not answer") : Task.FromResult(new TaskOutcome());

        await pipeline.RunAsync([Day]);

        Assert.Equal(["2026-01-05 failed manual infrastructure"], await pipeline.RunsAsync());
        Assert.Equal(4, pipeline.Calls.Count(call => call.Task == "load_a"));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("configuration")]
    [InlineData("unexpected")]
    public async Task Run_OtherFaults_AreNotRetried(string fault)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, _, _) => throw (fault switch
        {
            "data" => new DataFaultException("bad row"),
            "configuration" => new ConfigurationFaultException("no such model"),
            _ => new InvalidOperationException("a defect"),
        });

        await pipeline.RunAsync([Day]);

        Assert.Single(pipeline.Calls);
        Assert.Equal([$"2026-01-05 failed manual {fault}"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Queue_DateThatSucceeded_IsLeftAloneUnlessAskedAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        pipeline.Calls.Clear();

        await pipeline.RunAsync([Day], trigger: RunTrigger.CatchUp);
        Assert.Empty(pipeline.Calls);

        await pipeline.RunAsync([Day], again: true);
        Assert.Equal(4, pipeline.Calls.Count);
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Queue_Forced_IsForcedWhicheverWorkerTakesItUp()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var runner = pipeline.Runner();
        var joined = Day.AddDays(1);
        await runner.QueueAsync([joined], RunTrigger.CatchUp, again: false, force: false, Token);
        await runner.QueueAsync([Day, joined], RunTrigger.Backfill, again: true, force: true, Token);

        await pipeline.Runner("resuming").WorkAsync(null, new WorkOptions { WaitForHolders = false }, null, Token);

        Assert.Equal(
            [("generate", Day), ("load_a", Day), ("load_b", Day), ("generate", joined), ("load_a", joined), ("load_b", joined)],
            pipeline.Forced.OrderBy(call => call.Date));
        pipeline.Forced.Clear();
        await pipeline.RunAsync([Day, joined], again: true);
        Assert.Empty(pipeline.Forced);
    }

    [Fact]
    public async Task Queue_DateThatFailed_RunsAllItsTasksAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, _, _) => task == "load_b" ? throw new DataFaultException("bad") : Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day]);
        pipeline.Calls.Clear();
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());

        await pipeline.RunAsync([Day], trigger: RunTrigger.CatchUp);

        Assert.Equal(["generate", "load_a", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal(["2026-01-05 success catch_up -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Work_TwoRunnersOnTheSameDates_EachDateIsRunOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.BatchDays = 2;
        var loading = 0;
        var loadingDuringBuilds = 0;
        pipeline.Work = async (task, _, token) =>
        {
            var now = task == "generate" ? Interlocked.Increment(ref loading) : Volatile.Read(ref loading);
            await Task.Delay(5, token);
            if (task == "build")
            {
                Interlocked.Add(ref loadingDuringBuilds, now + Volatile.Read(ref loading));
            }
            else if (task == "load_b")
            {
                Interlocked.Decrement(ref loading);
            }
            return new TaskOutcome();
        };
        DateOnly[] days = [.. Enumerable.Range(0, 8).Select(Day.AddDays)];
        PipelineRunner[] workers = [pipeline.Runner("first"), pipeline.Runner("second")];
        await workers[0].QueueAsync(days, RunTrigger.Backfill, again: false, force: false, Token);

        var ended = await Task.WhenAll(workers.Select(worker => worker.WorkAsync(days, new WorkOptions(), null, Token)));

        Assert.Equal(days.Length * 3, pipeline.Calls.Count(call => call.Task != "build"));
        Assert.Equal(days.Length, pipeline.Calls.Where(call => call.Task == "build").Sum(call => call.Dates.Days));
        Assert.Equal(days.Length, ended.Sum(runs => runs.Count));
        Assert.Empty(ended[0].Keys.Intersect(ended[1].Keys));
        Assert.Equal(["1"], await pipeline.QueryAsync("select max(attempt) from meta.task_attempt"));
        Assert.Equal(0, loadingDuringBuilds);
    }

    [Fact]
    public async Task Work_HolderDies_TheWaitingRunnerGoesOnWithoutRepeatingWhatIsDone()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var stuck = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            // The dead process never gets as far as telling the ledger anything.
            if (task == "load_b" && stuck.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            }
            return new TaskOutcome();
        };
        var dead = pipeline.Runner("dead");
        await dead.QueueAsync([Day], RunTrigger.Manual, again: false, force: false, Token);
        _ = dead.WorkAsync([Day], new WorkOptions(), null, CancellationToken.None);
        await stuck.Task.WaitAsync(Token);
        var waiting = pipeline.Runner("waiting").WorkAsync([Day], new WorkOptions(), null, Token);
        await Task.Delay(100, Token);
        Assert.False(waiting.IsCompleted);

        await pipeline.KillSessionsAsync("dead");
        await waiting;

        Assert.Equal(["generate", "load_a", "load_b", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(
            ["1 failed", "2 success"],
            await pipeline.QueryAsync("select attempt, state from meta.task_attempt where task = 'load_b' order by attempt"));
    }

    [Fact]
    public async Task Work_HolderDoesNotWait_LeavesTheDateToIt()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var runner = pipeline.Runner();
        await runner.QueueAsync([Day], RunTrigger.Manual, again: false, force: false, Token);
        await using var elsewhere = await DateClaim.TryAcquireAsync(pipeline.Warehouse, TestPipeline.Name, [Day], Token);

        var ended = await runner.WorkAsync(null, new WorkOptions { WaitForHolders = false }, null, Token);

        Assert.Empty(ended);
        Assert.Empty(pipeline.Calls);
        Assert.Equal(["2026-01-05 queued manual -"], await pipeline.RunsAsync());
    }

    [Fact]
    public async Task Work_SessionsCutInTheMiddle_ClaimsAgainAndCompletes()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var cut = false;
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a" && !cut)
            {
                cut = true;
                await pipeline.KillSessionsAsync("worker");
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };

        await pipeline.RunAsync([Day]);

        Assert.Equal(["2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(2, pipeline.Calls.Count(call => call.Task == "load_a"));
    }

    [Fact]
    public async Task Work_OnlyTheSessionOfTheFactsLockIsCut_EndsTheLoadAndDoesItAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var under = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a" && under.TrySetResult())
            {
                // Would go on for ever, and beside the builds of others.
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };
        var dates = new[] { Day, Day.AddDays(1) };
        await pipeline.Runner().QueueAsync(dates, RunTrigger.Manual, again: false, force: false, Token);
        var work = pipeline.Runner("cut").WorkAsync(dates, new WorkOptions(), null, Token);
        await under.Task.WaitAsync(Token);

        await pipeline.QueryAsync("""
            select pg_terminate_backend(pid) from pg_locks
            where locktype = 'advisory' and mode = 'ShareLock' and database = (select oid from pg_database where datname = current_database())
            """);
        await work;

        Assert.All(await pipeline.RunsAsync(), run => Assert.EndsWith("success manual -", run, StringComparison.Ordinal));
        Assert.Empty(await pipeline.QueryAsync("select 1 from meta.task_attempt where state = 'running'"));
        Assert.True(pipeline.Calls.Count(call => call.Task == "load_a") > 2);
    }

    [Fact]
    public async Task Run_ClockJumpsToAndFro_EveryTaskIsDoneOnceAndTheLedgerEnds()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var clock = new JumpingClock();
        pipeline.Clock = clock;
        pipeline.Options.RetryDeadline = TimeSpan.FromMinutes(5);
        var failed = 0;
        pipeline.Work = (task, _, _) =>
        {
            clock.Jump();
            return task == "load_b" && Interlocked.Increment(ref failed) % 2 == 1 ? throw new TimeoutException("blob storage does not answer") : Task.FromResult(new TaskOutcome());
        };

        await pipeline.RunAsync([Day, Day.AddDays(1), Day.AddDays(2)]);

        Assert.All(await pipeline.RunsAsync(), run => Assert.EndsWith("success manual -", run, StringComparison.Ordinal));
        Assert.All(["generate", "load_a"], task => Assert.Equal(3, pipeline.Calls.Count(call => call.Task == task)));
        Assert.Empty(await pipeline.QueryAsync("select 1 from meta.task_attempt where state = 'running' or finished_at is null"));
        Assert.Empty(await pipeline.QueryAsync("select 1 from meta.task_run where state <> 'success'"));
        Assert.Equal(3, await CountAsync("select 1 from meta.task_attempt where task = 'build' and state = 'success'"));

        async Task<int> CountAsync(string sql) => (await pipeline.QueryAsync(sql)).Length;
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("cancelled")]
    public async Task Work_Interrupted_LeavesTheLedgerTruthfulAndNoClaim(string state)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };
        var runner = pipeline.Runner();
        await runner.QueueAsync([Day], RunTrigger.Manual, again: false, force: false, Token);
        var options = new WorkOptions { WhenInterrupted = state == "queued" ? RunState.Queued : RunState.Cancelled };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.WorkAsync([Day], options, null, stop.Token));

        Assert.Equal([$"2026-01-05 {state} manual -"], await pipeline.RunsAsync());
        var rest = state == "queued" ? "pending" : "cancelled";
        Assert.Equal(["generate success 1", $"load_a {rest} 1", $"load_b {rest} 0", $"build {rest} 0"], await pipeline.TasksAsync(Day));
        await using var free = await DateClaim.TryAcquireAsync(pipeline.Warehouse, TestPipeline.Name, [Day], Token);
        Assert.NotNull(free);
    }

    private static async Task WaitForLockAsync(TestPipeline pipeline, string worker)
    {
        while ((await pipeline.QueryAsync(
            $"select 1 from pg_stat_activity where application_name = '{worker}' and wait_event_type = 'Lock'")).Length == 0)
        {
            await Task.Delay(10, Token);
        }
    }

    /// <summary>The wall clock is set forwards and backwards by hours; time that passes is not.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private static readonly int[] Hours = [0, 30, -49, 1, -1, 700];
        private int _jumps;

        public void Jump() => Interlocked.Increment(ref _jumps);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(Hours[_jumps % Hours.Length]);
    }
}
