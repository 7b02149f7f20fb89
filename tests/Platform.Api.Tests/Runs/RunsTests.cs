using Microsoft.Extensions.Time.Testing;
using Platform.Api.Tests.Sample;
using Platform.Testing;

namespace Platform.Api.Tests.Runs;

/// <summary>Freshness and runs as the ledger has them.</summary>
public sealed class RunsTests(EmbeddedServers servers)
{
    [Theory]
    [InlineData("2026-02-21T00:00:00Z", "2026-02-20", true)]
    [InlineData("2026-02-21T23:59:59Z", "2026-02-20", true)]
    [InlineData("2026-02-22T00:00:00Z", "2026-02-21", false)]
    public async Task Freshness_IsReadyWhenYesterdayIsPublished(string now, string due, bool isReady)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await RunLedger.CreateAsync(servers, cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken);
        await using var server = new ApiServer(
            SampleDatabase.ApiConnectionString(database), new FakeTimeProvider(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
        var (status, freshness) = await server.GetAsync("/api/v1/freshness");

        Assert.Equal(200, status);
        Assert.Equal(due, freshness.GetProperty("due_data_date").GetString());
        Assert.Equal(isReady, freshness.GetProperty("is_ready").GetBoolean());
        Assert.Equal("2026-02-20", freshness.GetProperty("newest_data_date").GetString());

        // A domain is as far as the dataset that is least far.
        Assert.Equal(
            ["sales 2026-02-19 2 5", "finance 2026-02-20 1 0"],
            freshness.GetProperty("domains").EnumerateArray().Select(domain =>
                $"{domain.GetProperty("domain")} {domain.GetProperty("last_partition")} {domain.GetProperty("datasets")} {domain.GetProperty("quarantined_rows")}"));
        Assert.Equal(
            ["sales orders 3 11.75 EUR", "sales orders 1 7.00 USD", "sales orders 1  "],
            freshness.GetProperty("quarantine").EnumerateArray().Select(rows => string.Join(' ', rows.EnumerateObject().Select(value => value.Value))));
    }

    [Fact]
    public async Task Freshness_BeforeTheFirstPublication_IsNotReadyAndNoError()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await RunLedger.CreateAsync(servers, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        var (status, freshness) = await server.GetAsync("/api/v1/freshness");
        Assert.Equal(200, status);
        Assert.False(freshness.GetProperty("is_ready").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, freshness.GetProperty("published_at").ValueKind);
    }

    [Fact]
    public async Task Freshness_TellsTheNewestDeadlineOfEachPipeline()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await RunLedger.CreateAsync(servers, cancellationToken);
        await using (var enter = database.DataSource.CreateCommand("""
            insert into meta.deadline (pipeline, data_date, ready_by, forecast_at, ready_at, state) values
                ('daily', '2026-02-19', '2026-02-20T05:00Z', null, '2026-02-20T04:00Z', 'ready'),
                ('daily', '2026-02-20', '2026-02-21T05:00Z', '2026-02-21T05:10Z', null, 'at_risk')
            """))
        {
            await enter.ExecuteNonQueryAsync(cancellationToken);
        }
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));

        var (_, freshness) = await server.GetAsync("/api/v1/freshness");

        var deadline = Assert.Single(freshness.GetProperty("deadlines").EnumerateArray());
        Assert.Equal(
            ("daily", "2026-02-20", "at_risk"),
            (deadline.GetProperty("pipeline").GetString(), deadline.GetProperty("data_date").GetString(), deadline.GetProperty("state").GetString()));
        Assert.Equal(TimeSpan.FromMinutes(10), deadline.GetProperty("forecast_at").GetDateTimeOffset() - deadline.GetProperty("ready_by").GetDateTimeOffset());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, deadline.GetProperty("ready_at").ValueKind);
    }

    [Fact]
    public async Task Runs_ComeNewestFirstWithTheirTasksInOrder()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await RunLedger.CreateAsync(servers, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        var (_, list) = await server.GetAsync("/api/v1/runs?limit=2");
        var runs = list.GetProperty("runs").EnumerateArray().ToArray();

        Assert.Equal(["2026-02-20", "2026-02-19"], runs.Select(run => run.GetProperty("data_date").GetString()));
        Assert.Equal(
            ["generate_mock_data success 2", "etl_sales failed 2", "dbt_build upstream_failed "],
            runs[0].GetProperty("tasks").EnumerateArray().Select(task =>
                $"{task.GetProperty("task")} {task.GetProperty("state")} {task.GetProperty("duration_seconds")}"));
        Assert.Equal("line 17: no decimal", runs[0].GetProperty("tasks")[1].GetProperty("error").GetString());

        var (status, problem) = await server.GetAsync("/api/v1/runs?limit=0");
        Assert.Equal(400, status);
        Assert.Equal("limit", problem.GetProperty("parameter").GetString());
    }
}
