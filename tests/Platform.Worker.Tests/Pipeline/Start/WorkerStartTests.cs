using System.Net;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Tests.Pipeline.Start;

public sealed class WorkerStartTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_NothingDone_CatchesUpOldestFirstWithOneBuild()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, catchUpDays: 5);

        await IdleAsync(worker);

        var newest = new DataDates(BusinessCalendar.EveryDay, TimeProvider.System).Newest;
        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => $"{newest.AddDays(i - 4):O} success catch_up -"), await pipeline.RunsAsync());
        Assert.Single(pipeline.Calls, call => call.Task == "build");
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.GetAsync("/health", Token)).StatusCode);
    }

    [Fact]
    public async Task Start_AfterAFailedAndAnAbandonedRun_DoesWhatIsLeft()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var newest = new DataDates(BusinessCalendar.EveryDay, TimeProvider.System).Newest;
        pipeline.Work = (_, dates, _) => dates.From == newest ? throw new DataFaultException("not there yet") : Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([newest.AddDays(-1), newest]);
        // A Worker died on a date long before the catch-up's window.
        await pipeline.Runner().QueueAsync([new(2026, 1, 5)], RunTrigger.Backfill, again: false, force: false, Token);
        await pipeline.QueryAsync("update meta.pipeline_run set state = 'running' where data_date = '2026-01-05'");
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        pipeline.Calls.Clear();

        await using var worker = await TestWorker.StartAsync(pipeline, catchUpDays: 2);
        await IdleAsync(worker);

        Assert.Equal(
            ["2026-01-05 success backfill -", $"{newest.AddDays(-1):O} success manual -", $"{newest:O} success catch_up -"], await pipeline.RunsAsync());
        Assert.DoesNotContain(pipeline.Calls, call => call.Dates.From == newest.AddDays(-1));
    }

    [Fact]
    public async Task Start_TwoWorkersAtOnce_RunEveryDateOnce()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var workers = await Task.WhenAll(TestWorker.StartAsync(pipeline, catchUpDays: 4), TestWorker.StartAsync(pipeline, catchUpDays: 4));
        await using var first = workers[0];
        await using var second = workers[1];

        await Task.WhenAll(workers.Select(IdleAsync));

        Assert.Equal(12, pipeline.Calls.Count(call => call.Task != "build"));
        Assert.Equal(4, pipeline.Calls.Where(call => call.Task == "build").Sum(call => call.Dates.Days));
    }

    [Fact]
    public async Task Stop_InTheMiddle_TheNextWorkerGoesOn()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var reached = new TaskCompletionSource();
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_b" && reached.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            return new TaskOutcome();
        };
        await using (await TestWorker.StartAsync(pipeline, catchUpDays: 1))
        {
            await reached.Task.WaitAsync(Token);
        }
        var newest = new DataDates(BusinessCalendar.EveryDay, TimeProvider.System).Newest;
        Assert.Equal([$"{newest:O} queued catch_up -"], await pipeline.RunsAsync());

        await using var next = await TestWorker.StartAsync(pipeline, catchUpDays: 1);
        await IdleAsync(next);

        Assert.Equal(["generate", "load_a", "load_b", "load_b", "build"], pipeline.Calls.Select(call => call.Task));
        Assert.Equal([$"{newest:O} success catch_up -"], await pipeline.RunsAsync());
    }

    private static Task IdleAsync(TestWorker worker) => TestWorker.UntilAsync(async () =>
    {
        using var progress = JsonDocument.Parse(await worker.Http.GetStringAsync("/api/v1/progress", Token));
        return progress.RootElement.GetProperty("phase").GetString() == "idle";
    });
}
