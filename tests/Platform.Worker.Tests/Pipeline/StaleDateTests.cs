using Platform.Testing;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline;

public sealed class StaleDateTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ALoadChangesFactsOfBuiltDates_TheyAreBuiltAgainAsRangesOfTheirOwn()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([.. Enumerable.Range(-5, 5).Select(Day.AddDays)]);
        pipeline.Calls.Clear();
        pipeline.Work = async (task, _, _) =>
        {
            if (task == "load_a")
            {
                await MarkAsync(pipeline, Day.AddDays(-5), Day.AddDays(-2), Day.AddDays(-1));
            }
            return new TaskOutcome();
        };

        await pipeline.RunAsync([Day]);

        Assert.Equal(
            [new(Day, Day), new(Day.AddDays(-5), Day.AddDays(-5)), new(Day.AddDays(-2), Day.AddDays(-1))],
            pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates));
        Assert.Equal(3, pipeline.Calls.Count(call => call.Task != "build"));
        Assert.Empty(await MarksAsync(pipeline));
        Assert.Equal(["success"], await pipeline.QueryAsync("select distinct state from meta.pipeline_run"));
    }

    [Fact]
    public async Task Run_OwnDateIsMarked_ItsBuildClearsTheMark()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        await MarkAsync(pipeline, Day);
        pipeline.Calls.Clear();

        await pipeline.RunAsync([Day], again: true);

        Assert.Single(pipeline.Calls, call => call.Task == "build");
        Assert.Empty(await MarksAsync(pipeline));
    }

    [Fact]
    public async Task Run_OneStaleRangeFails_KeepsItsMarkAndIsTriedWithTheNextBatch()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day.AddDays(-5), Day.AddDays(-3)]);
        await MarkAsync(pipeline, Day.AddDays(-5), Day.AddDays(-3));
        pipeline.Work = (task, dates, _) => task == "build" && dates.From == Day.AddDays(-5)
            ? throw new DataFaultException("a test failed")
            : Task.FromResult(new TaskOutcome());

        await pipeline.RunAsync([Day]);

        Assert.Equal(
            ["2025-12-31 failed correction data", "2026-01-02 success correction -", "2026-01-05 success manual -"], await pipeline.RunsAsync());
        Assert.Equal(["2025-12-31"], await MarksAsync(pipeline));

        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day.AddDays(1)]);

        Assert.Empty(await MarksAsync(pipeline));
        Assert.Equal(["success"], await pipeline.QueryAsync("select distinct state from meta.pipeline_run"));
    }

    [Fact]
    public async Task Run_MarkedAnewWhileItIsBuilt_StaysMarked()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        await MarkAsync(pipeline, Day);
        pipeline.Work = async (task, _, _) =>
        {
            if (task == "build")
            {
                await MarkAsync(pipeline, Day);
            }
            return new TaskOutcome();
        };

        await pipeline.RunAsync([Day], again: true);

        Assert.Equal(["2026-01-05"], await MarksAsync(pipeline));
    }

    [Fact]
    public async Task Run_DatesNeverBuiltOrHalfReloadedAreMarked_LeavesThemToTheirOwnRuns()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var broken = Day.AddDays(-1);
        await pipeline.RunAsync([broken]);
        pipeline.Work = (task, _, _) => task == "load_b" ? throw new DataFaultException("broken file") : Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([broken], again: true);
        await MarkAsync(pipeline, broken, Day.AddDays(-30));
        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        pipeline.Calls.Clear();

        await pipeline.RunAsync([Day]);

        Assert.Equal([new(Day, Day)], pipeline.Calls.Where(call => call.Task == "build").Select(call => call.Dates));
        Assert.Equal(["2025-12-06", "2026-01-04"], await MarksAsync(pipeline));
    }

    [Fact]
    public async Task Work_NothingToDo_DoesNotTryFailedStaleDatesAgain()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.RunAsync([Day]);
        await MarkAsync(pipeline, Day);
        pipeline.Calls.Clear();

        await pipeline.Runner().WorkAsync(null, new WorkOptions { WaitForHolders = false }, null, Token);

        Assert.Empty(pipeline.Calls);
        Assert.Equal(["2026-01-05"], await MarksAsync(pipeline));
    }

    private static async Task MarkAsync(TestPipeline pipeline, params DateOnly[] dates)
    {
        await using var connection = await pipeline.Warehouse.OpenConnectionAsync(Token);
        await StaleDates.MarkAsync(connection, "a", "orders", dates, "test", Token);
    }

    private static Task<string[]> MarksAsync(TestPipeline pipeline) => pipeline.QueryAsync("select data_date::text from meta.stale_date order by 1");
}
