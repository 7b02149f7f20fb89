using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Deadlines;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Tests.Pipeline.Deadlines;

/// <summary>The pipeline fires at 02:00 and takes 46 minutes by its past; it is to be ready by 03:00.</summary>
public sealed class DeadlineWatchTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private readonly FakeTimeProvider _clock = new(new(2026, 1, 6, 0, 10, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_NobodyRunsIt_IsAtRiskBeforeItIsMissedAndReadyLate()
    {
        await using var pipeline = await WithPastAsync();

        await Watch(pipeline).CheckAsync(Token);
        Assert.Equal("on_track 03:00 02:46 -", await StateAsync(pipeline));
        await AtAsync(pipeline, 2, 14);
        Assert.Empty(await IncidentsAsync(pipeline));

        await AtAsync(pipeline, 2, 15);
        Assert.Equal("at_risk 03:00 03:01 -", await StateAsync(pipeline));
        Assert.Equal(
            [$"warning open {TestPipeline.Name} 2026-01-05 is to be ready by 2026-01-06 03:00 UTC; its run has not begun, and it will be ready at 2026-01-06 03:01 UTC at the earliest."],
            await IncidentsAsync(pipeline));

        await AtAsync(pipeline, 3, 1);
        Assert.StartsWith("missed 03:00", await StateAsync(pipeline), StringComparison.Ordinal);
        Assert.StartsWith("error open", Assert.Single(await IncidentsAsync(pipeline)), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromMinutes(10));
        await pipeline.RunAsync([Day]);
        await Watch(pipeline).CheckAsync(Token);
        Assert.Equal("ready_late 03:00 03:47 03:11", await StateAsync(pipeline));
        Assert.StartsWith("error over", Assert.Single(await IncidentsAsync(pipeline)), StringComparison.Ordinal);
        Assert.Equal(
            ["incident_opened warning", "incident_worsened error", "incident_resolved info"],
            await pipeline.QueryAsync("select event, severity from meta.alert order by alert_id"));
    }

    [Fact]
    public async Task Check_RunFails_IsAtRiskAtOnceAndEndsWhenItIsReadyInTime()
    {
        await using var pipeline = await WithPastAsync();
        await Watch(pipeline).CheckAsync(Token);
        _clock.SetUtcNow(new(2026, 1, 6, 2, 0, 0, TimeSpan.Zero));
        pipeline.Work = (_, _, _) => throw new DataFaultException("bad file");
        await pipeline.RunAsync([Day]);

        await AtAsync(pipeline, 2, 1);
        Assert.Equal("at_risk 03:00 - -", await StateAsync(pipeline));
        Assert.EndsWith("its run failed: generate: bad file.", Assert.Single(await IncidentsAsync(pipeline)), StringComparison.Ordinal);

        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day]);
        await AtAsync(pipeline, 2, 2);
        Assert.Equal("ready 03:00 - 02:01", await StateAsync(pipeline));
        Assert.StartsWith("warning over", Assert.Single(await IncidentsAsync(pipeline)), StringComparison.Ordinal);

        // What is corrected in the afternoon was ready in the morning.
        _clock.Advance(TimeSpan.FromHours(12));
        await pipeline.RunAsync([Day], again: true, RunTrigger.Correction);
        await Watch(pipeline).CheckAsync(Token);
        Assert.Equal("ready 03:00 - 02:01", await StateAsync(pipeline));
    }

    [Fact]
    public async Task Check_ForecastGetsBetter_StaysAtRiskUntilItIsReady()
    {
        await using var pipeline = await WithPastAsync();
        await AtAsync(pipeline, 2, 20);
        Assert.StartsWith("at_risk 03:00 03:06", await StateAsync(pipeline), StringComparison.Ordinal);

        await pipeline.QueryAsync("update meta.task_attempt set finished_at = started_at + interval '1 min'");
        await AtAsync(pipeline, 2, 21);

        Assert.Equal("at_risk 03:00 02:25 -", await StateAsync(pipeline));
        Assert.StartsWith("warning open", Assert.Single(await IncidentsAsync(pipeline)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_FirstOfAll_PromisesNothingOfThePast_AndAfterDaysWithoutAWorkerMissesThem()
    {
        await using var pipeline = await WithPastAsync();
        await AtAsync(pipeline, 9, 0);
        Assert.Empty(await IncidentsAsync(pipeline));
        Assert.Empty(await new DeadlineRecords(pipeline.Statements()).LatestAsync(TestPipeline.Name, 10, Token));

        await AtAsync(pipeline, 24, 0);
        await AtAsync(pipeline, 24 + 24 + 9, 0);

        Assert.Equal(["error 2026-01-06", "error 2026-01-07"], await pipeline.QueryAsync("select severity, data_date::text from meta.incident order by data_date"));
    }

    [Fact]
    public async Task Check_DaysOff_AreDueOnTheNextBusinessDayByItsClocks()
    {
        await using var pipeline = await WithPastAsync();
        pipeline.Calendar = new(TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), [DayOfWeek.Saturday, DayOfWeek.Sunday], [], dataOnDaysOff: true);
        // Monday, a minute past midnight in New York.
        _clock.SetUtcNow(new(2026, 1, 12, 5, 1, 0, TimeSpan.Zero));

        await Watch(pipeline).CheckAsync(Token);

        var deadlines = await new DeadlineRecords(pipeline.Statements()).LatestAsync(TestPipeline.Name, 10, Token);
        Assert.Equal([new(2026, 1, 11), new(2026, 1, 10), new DateOnly(2026, 1, 9)], deadlines.Select(deadline => deadline.DataDate));
        Assert.All(deadlines, deadline => Assert.Equal(new DateTimeOffset(2026, 1, 12, 8, 0, 0, TimeSpan.Zero), deadline.ReadyBy));
    }

    [Fact]
    public async Task Check_NoDeadlineAnyMore_EndsItsIncidents()
    {
        await using var pipeline = await WithPastAsync();
        await AtAsync(pipeline, 2, 20);
        Assert.Single(await IncidentsAsync(pipeline));

        pipeline.Options.ReadyBy = null;
        await Watch(pipeline).CheckAsync(Token);

        Assert.StartsWith("warning over", Assert.Single(await IncidentsAsync(pipeline)), StringComparison.Ordinal);
    }

    private async Task AtAsync(TestPipeline pipeline, int hours, int minutes)
    {
        _clock.SetUtcNow(new DateTimeOffset(2026, 1, 6, 0, 0, 0, TimeSpan.Zero).AddHours(hours).AddMinutes(minutes));
        await Watch(pipeline).CheckAsync(Token);
    }

    private async Task<TestPipeline> WithPastAsync()
    {
        var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Clock = _clock;
        pipeline.Options.ReadyBy = "03:00";
        await pipeline.QueryAsync($"""
            insert into meta.task_attempt (pipeline, data_date, task, attempt, state, worker, started_at, finished_at, log_key)
            select '{TestPipeline.Name}', date '2026-01-04' - day, task, 1, 'success', 'w', timestamptz '2026-01-01Z',
                timestamptz '2026-01-01Z' + minutes * interval '1 min', nextval('meta.task_log_key')
            from generate_series(0, 4) day cross join (values ('generate', 1), ('load_a', 20), ('load_b', 10), ('build', 15)) past (task, minutes)
            """);
        return pipeline;
    }

    private static DeadlineWatch Watch(TestPipeline pipeline)
    {
        var options = Options.Create(pipeline.Options);
        return new(
            pipeline.Definition, pipeline.DataDates(), pipeline.Calendar, new DeadlineRecords(pipeline.Statements()),
            new RunForecast(pipeline.Definition, pipeline.Statements(), options), pipeline.Incidents(), options, pipeline.Clock);
    }

    private static async Task<string> StateAsync(TestPipeline pipeline) => Assert.Single(await pipeline.QueryAsync($"""
        select state, to_char(ready_by at time zone 'UTC', 'HH24:MI'), to_char(forecast_at at time zone 'UTC', 'HH24:MI'), to_char(ready_at at time zone 'UTC', 'HH24:MI')
        from meta.deadline where data_date = '{Day:O}'
        """));

    private static Task<string[]> IncidentsAsync(TestPipeline pipeline) => pipeline.QueryAsync(
        "select severity, case when resolved_at is null then 'open' else 'over' end, message from meta.incident where kind = 'deadline' order by incident_id");
}
