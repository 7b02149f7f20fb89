using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Pipeline.Deadlines;

namespace Platform.Worker.Tests.Pipeline.Deadlines;

public sealed class RunForecastTests(EmbeddedServers servers)
{
    private static readonly DateTimeOffset Now = new(2026, 1, 6, 2, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, TimeSpan> Past = new()
    {
        ["generate"] = TimeSpan.FromMinutes(1), ["load_a"] = TimeSpan.FromMinutes(20), ["load_b"] = TimeSpan.FromMinutes(10), ["build"] = TimeSpan.FromMinutes(15),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 46)]
    [InlineData(true, 36)]
    public async Task ReadyAt_NothingDone_IsTheLongestWayThroughTheTasks(bool sideBySide, int minutes)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers, sideBySide);

        Assert.Equal(Now.AddMinutes(minutes), Forecast(pipeline).ReadyAt(Past, Tasks(), Now, Now));
        Assert.Equal(Now.AddHours(1).AddMinutes(minutes), Forecast(pipeline).ReadyAt(Past, Tasks(), Now.AddHours(1), Now));
    }

    [Fact]
    public async Task ReadyAt_UnderWay_CountsWhatIsLeft()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var forecast = Forecast(pipeline);

        Assert.Equal(Now.AddMinutes(5 + 10 + 15), forecast.ReadyAt(Past, Tasks(("generate", true, null), ("load_a", false, 15)), Now, Now));
        // Longer than ever before.
        Assert.Equal(Now.AddMinutes(10 + 15), forecast.ReadyAt(Past, Tasks(("generate", true, null), ("load_a", false, 45)), Now, Now));
        Assert.Equal(Now.AddMinutes(3), forecast.ReadyAt(Past, Tasks(("generate", true, null), ("load_a", true, null), ("load_b", true, null), ("build", false, 12)), Now, Now));
        // A task without a past takes no time that is known; nothing at all with a past is no forecast.
        Assert.Equal(Now.AddMinutes(1), forecast.ReadyAt(new Dictionary<string, TimeSpan> { ["generate"] = TimeSpan.FromMinutes(1) }, Tasks(), Now, Now));
        Assert.Null(forecast.ReadyAt(new Dictionary<string, TimeSpan>(), Tasks(), Now, Now));
    }

    [Fact]
    public async Task Durations_OfTheLastDates_AreTheHighQuantileOfAttemptsThatSucceeded()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Options.ForecastDates = 10;
        // Before the ten dates that count.
        await EnterAsync("load_a", new(2025, 12, 1), 5000, key: 1);
        for (var day = 0; day < 10; day++)
        {
            await EnterAsync("load_a", new DateOnly(2026, 1, 1).AddDays(day), 60 * (day + 1), key: 100 + day);
        }
        // Failed, however long it took; and found nothing to do.
        await EnterAsync("load_a", new(2026, 1, 20), 9000, key: 2, state: "failed");
        await EnterAsync("load_a", new(2026, 1, 21), 0, key: 3, state: "skipped");
        // One build of two dates, and one of its own.
        await EnterAsync("build", new(2026, 1, 8), 600, key: 4);
        await EnterAsync("build", new(2026, 1, 9), 600, key: 4);
        await EnterAsync("build", new(2026, 1, 10), 30, key: 5);

        var durations = await Forecast(pipeline).DurationsAsync(Token);

        // Of 60, 120 ... 600 s, nine tenths of the way.
        Assert.Equal([new("build", TimeSpan.FromSeconds(30)), new("load_a", TimeSpan.FromSeconds(546))], durations.OrderBy(task => task.Key));

        Task EnterAsync(string task, DateOnly date, int seconds, long key, string state = "success") => pipeline.QueryAsync($"""
            insert into meta.task_attempt (pipeline, data_date, task, attempt, state, worker, started_at, finished_at, log_key)
            values ('{TestPipeline.Name}', '{date:O}', '{task}', 1, '{state}', 'w', timestamptz '2026-01-01Z', timestamptz '2026-01-01Z' + interval '{seconds} s', {key})
            """);
    }

    private static RunForecast Forecast(TestPipeline pipeline) => new(pipeline.Definition, pipeline.Statements(), Options.Create(pipeline.Options));

    private static Dictionary<string, TaskProgress> Tasks(params (string Task, bool Done, int? RunningMinutes)[] tasks) =>
        tasks.ToDictionary(task => task.Task, task => new TaskProgress(task.Done, task.RunningMinutes is { } minutes ? Now.AddMinutes(-minutes) : null));
}
