using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Tests.Pipeline;
using Platform.Worker.Tests.Pipeline.Alerts;

namespace Platform.Worker.Tests.Operate;

public sealed class OperatorApiTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostRuns_RunsTheDateAndTellsItTaskByTask()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        using var posted = await worker.Http.PostAsJsonAsync("/api/v1/runs", new { data_date = "2026-01-05" }, Token);

        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        Assert.Equal("/api/v1/runs/2026-01-05", posted.Headers.Location?.ToString());
        var accepted = await posted.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.StartsWith("manual-20260105-", accepted.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, accepted.GetProperty("queued").GetInt32());
        JsonElement run = default;
        await TestWorker.UntilAsync(async () =>
            (run = await worker.Http.GetFromJsonAsync<JsonElement>("/api/v1/runs/2026-01-05", Token)).GetProperty("state").GetString() == "success");
        Assert.Equal(
            ["generate success", "load_a success", "load_b success", "build success"],
            run.GetProperty("tasks").EnumerateArray().Select(task => $"{task.GetProperty("task")} {task.GetProperty("state")}"));
    }

    [Fact]
    public async Task PostBackfills_RunsTheRangeWithOneBuild()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        using var posted = await worker.Http.PostAsJsonAsync("/api/v1/backfills", new { from = "2026-01-05", to = "2026-01-09" }, Token);

        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        await TestWorker.UntilAsync(async () =>
            (await worker.Http.GetFromJsonAsync<JsonElement>("/api/v1/runs?limit=3", Token)).GetProperty("runs").EnumerateArray()
                .Select(run => $"{run.GetProperty("data_date")} {run.GetProperty("state")} {run.GetProperty("trigger")}")
                .SequenceEqual(["2026-01-09 success backfill", "2026-01-08 success backfill", "2026-01-07 success backfill"]));
        Assert.Single(pipeline.Calls, call => call.Task == "build");
    }

    [Theory]
    [InlineData("/api/v1/runs", """{"data_date":"9999-01-01"}""", "not due yet")]
    [InlineData("/api/v1/backfills", """{"from":"2026-01-09","to":"2026-01-05"}""", "before it starts")]
    [InlineData("/api/v1/backfills", """{"from":"1990-01-01","to":"2026-01-05"}""", "at most")]
    [InlineData("/api/v1/runs", """{"data_date":"05.01.2026"}""", "$.data_date")]
    [InlineData("/api/v1/runs", """{"date":"2026-01-05"}""", "data_date")]
    [InlineData("/api/v1/backfills", """{"to":"2026-01-05"}""", "from")]
    public async Task Post_RangeThatCannotRun_IsRefusedAndQueuesNothing(string path, string body, string reason)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        using var response = await worker.Http.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(await pipeline.RunsAsync());
    }

    [Fact]
    public async Task GetRun_NeverRequested_IsAProblemThatSaysWhatToDo()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        using var response = await worker.Http.GetAsync("/api/v1/runs/2026-01-05", Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("POST /api/v1/runs", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetIncidents_TellsOpenOnesAndAllIfAsked()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var incidents = pipeline.Incidents();
        await incidents.LateAsync(TestPipeline.Name, [new("b", new(2026, 1, 5), "b/20260105 has not landed", DateTimeOffset.UnixEpoch)], [], Token);
        await incidents.StaleAsync([new("a", "orders", new(2026, 1, 4), "a.orders is too old")], Token);
        await incidents.StaleAsync([], Token);
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        Assert.Equal(["late_partition b"], await TellAsync("/api/v1/incidents"));
        Assert.Equal(["freshness a", "late_partition b"], await TellAsync("/api/v1/incidents?all=true"));

        async Task<IEnumerable<string>> TellAsync(string path) =>
            (await worker.Http.GetFromJsonAsync<JsonElement>(path, Token)).GetProperty("incidents").EnumerateArray()
                .Select(incident => $"{incident.GetProperty("kind")} {incident.GetProperty("domain")}");
    }

    [Fact]
    public async Task Schedule_TellsFiringsAndDeadlines()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, settings: [("Pipeline:ReadyBy", "06:00"), ("Pipeline:TimeZone", "Asia/Tokyo")]);
        await worker.SchedulerAsync();
        await pipeline.QueryAsync($"insert into meta.deadline values ('{TestPipeline.Name}', '2026-01-05', '2026-01-05T21:00Z', '2026-01-05T20:00Z', null, 'on_track')");

        var schedule = await worker.Http.GetFromJsonAsync<JsonElement>("/api/v1/schedule?count=2", Token);

        Assert.Equal(["17:00 21:00", "17:00 21:00"], schedule.GetProperty("next").EnumerateArray().Select(fire =>
            $"{fire.GetProperty("fires_at").GetDateTimeOffset().UtcDateTime:HH:mm} {fire.GetProperty("ready_by").GetDateTimeOffset().UtcDateTime:HH:mm}"));
        var deadline = Assert.Single(schedule.GetProperty("deadlines").EnumerateArray());
        Assert.Equal(("2026-01-05", "on_track"), (deadline.GetProperty("data_date").GetString(), deadline.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Alerts_TestThenList_TellWhatWasSent()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, settings: [("Alerts:Receivers:ops:Kind", "json"), ("Alerts:Receivers:ops:Url", $"{webhook.Url}")]);
        await worker.SchedulerAsync();

        using var tested = await worker.Http.PostAsJsonAsync("/api/v1/alerts/test", new { }, Token);
        using var unknown = await worker.Http.PostAsJsonAsync("/api/v1/alerts/test", new { receiver = "boss" }, Token);
        using var wrong = await worker.Http.GetAsync("/api/v1/alerts?state=unsent", Token);
        var list = await worker.Http.GetFromJsonAsync<JsonElement>("/api/v1/alerts?state=sent", Token);

        Assert.Equal("ops True", Assert.Single((await tested.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("receivers").EnumerateArray()
            .Select(one => $"{one.GetProperty("receiver")} {one.GetProperty("sent")}")));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (unknown.StatusCode, wrong.StatusCode));
        var alert = Assert.Single(list.GetProperty("alerts").EnumerateArray());
        Assert.Equal(webhook.Ids, [alert.GetProperty("alert").GetProperty("id").GetInt64()]);
        Assert.Equal([$"api:loopback alerts.test ops"], await pipeline.AuditAsync());
    }

    [Theory]
    [InlineData("Development", null, null, null, HttpStatusCode.OK)]
    [InlineData("Development", null, null, "worker.localhost", HttpStatusCode.OK)]
    // Over loopback, but under a name that a page elsewhere may have pointed at this machine.
    [InlineData("Development", null, null, "attacker.example", HttpStatusCode.Unauthorized)]
    [InlineData("Development", "key", "wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("Development", null, "key", null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", null, null, null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", null, "", null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", "", "", null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", "key", null, null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", "key", "key2", null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", "key", "key", null, HttpStatusCode.OK)]
    public async Task AnyRequest_CredentialRule_DecidesWhoIsLetIn(string environment, string? key, string? sent, string? host, HttpStatusCode expected)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        (string, string)[] settings = key is null ? [] : [("Operator:ApiKey", key)];
        await using var worker = await TestWorker.StartAsync(pipeline, environment: environment, settings: settings);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/progress");
        request.Headers.Host = host;
        if (sent is not null)
        {
            request.Headers.Add("X-Api-Key", sent);
        }

        using var response = await worker.Http.SendAsync(request, Token);

        Assert.Equal(expected, response.StatusCode);
        if (expected is HttpStatusCode.Unauthorized)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task PostRuns_WithoutCredential_IsRefusedBeforeItsBodyIsRead()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, environment: "Production");

        using var response = await worker.Http.PostAsync("/api/v1/runs", new StringContent("{", System.Text.Encoding.UTF8, "application/json"), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task OpenApi_NamesEveryOperation()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);

        var document = await worker.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);

        Assert.Equal(
            [
                "GET /api/v1/alerts", "GET /api/v1/audit", "GET /api/v1/backfills", "GET /api/v1/backfills/{id}",
                "GET /api/v1/incidents", "GET /api/v1/keys", "GET /api/v1/periods", "GET /api/v1/pipeline", "GET /api/v1/progress",
                "GET /api/v1/quarantine", "GET /api/v1/quarantine/export", "GET /api/v1/quarantine/rows", "GET /api/v1/quarantine/rows/{id}",
                "GET /api/v1/quarantine/totals",
                "GET /api/v1/retention", "GET /api/v1/runs", "GET /api/v1/runs/{date}", "GET /api/v1/runs/{date}/attempts",
                "GET /api/v1/runs/{date}/tasks/{task}/log", "GET /api/v1/runs/{date}/tasks/{task}/log/stream", "GET /api/v1/runs/{run}/diff",
                "GET /api/v1/schedule",
                "POST /api/v1/alerts/test",
                "POST /api/v1/backfills", "POST /api/v1/backfills/{id}/resume", "POST /api/v1/keys", "POST /api/v1/keys/{name}/revoke",
                "POST /api/v1/keys/{name}/rotate", "POST /api/v1/periods/{month}/close", "POST /api/v1/periods/{month}/reopen", "POST /api/v1/pipeline/pause", "POST /api/v1/pipeline/resume",
                "POST /api/v1/quarantine/discard", "POST /api/v1/quarantine/fix", "POST /api/v1/quarantine/replay", "POST /api/v1/quarantine/rows/{id}/fix",
                "POST /api/v1/retention/retire", "POST /api/v1/runs", "POST /api/v1/runs/cancel", "POST /api/v1/runs/clear",
            ],
            document.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")).Order(StringComparer.Ordinal));
    }
}
