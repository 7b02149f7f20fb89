using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Access;
using Platform.Worker.Periods;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Periods;

/// <summary>What closing a month keeps, refuses and enters in the audit log. What the Api makes of it is in the Api's tests.</summary>
public sealed class ClosedPeriodsTests(EmbeddedServers servers)
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly January = new(2026, 1, 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Close_KeepsEverySavedQueryOverTime_OfOnePublication_WithAKeyThatIsGoneAfterwards()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var api = await AnsweringApi.StartAsync(pipeline.Warehouse);
        using var metrics = Metrics(api);
        var closed = Closed(pipeline, metrics);
        var publication = await PublishAsync(pipeline.Warehouse, "2026-01-31");
        api.Rows = name => name == "by_month" ? """[["2026-01-01", 1240310.50]]""" : """[["2026-01-01", null], ["2026-01-02", 0.10]]""";

        var period = await closed.CloseAsync(January, "ann@host", "books are done", Token);

        Assert.Equal(("2026-01", "closed", publication, Noon, "ann@host", "books are done"), (period.Period, period.State, period.PublicationId, period.ClosedAt, period.ClosedBy, period.Why));
        Assert.Equal([new KeptResult("by_month", 1, $"{publication}.by_month"), new KeptResult("top_days", 2, $"{publication}.top_days")], period.Results);

        // One that has no metric_time is not asked for; one with a limit of its own keeps it.
        Assert.Equal(
            [
                "/api/v1/saved-queries/by_month/query?start=2026-01&end=2026-01&format=json&limit=4",
                "/api/v1/saved-queries/top_days/query?start=2026-01&end=2026-01&format=json",
            ],
            api.Asked);
        Assert.Equal(
            """by_month {revenue} [["2026-01-01", 1240310.50]] EUR; top_days {revenue} [["2026-01-01", null], ["2026-01-02", 0.10]] EUR""",
            await TextAsync(pipeline.Warehouse, "select string_agg(saved_query || ' ' || metrics::text || ' ' || rows || ' ' || (columns -> 1 ->> 'unit'), '; ' order by saved_query) from meta.closed_result"));
        Assert.Equal("1 key, 0 good", await TextAsync(pipeline.Warehouse, "select count(*) || ' key, ' || count(*) filter (where revoked_at is null) || ' good' from meta.access_key"));
        Assert.Equal(
            "ann@host key.create, ann@host period.close 2026-01 books are done, ann@host key.revoke",
            await TextAsync(
                pipeline.Warehouse,
                """
                select string_agg(concat_ws(' ', who, action, case when action like 'period%' then subject end, detail ->> 'why'), ', ' order by audit_id) from meta.audit
                """));
        var error = await Assert.ThrowsAsync<PostgresException>(() => TextAsync(pipeline.Warehouse, "update meta.closed_result set rows = '[]' returning saved_query"));
        Assert.Contains("append-only", error.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_OfWhatCannotBeClosed_SaysWhy_AndKeepsNothing()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var api = await AnsweringApi.StartAsync(pipeline.Warehouse);
        using var metrics = Metrics(api);
        var closed = Closed(pipeline, metrics);

        await RefusedAsync<ConfigurationFaultException>("Nothing is published yet");
        await PublishAsync(pipeline.Warehouse, "2026-01-30");
        await RefusedAsync<ConfigurationFaultException>("it has data to 2026-01-30");
        await PublishAsync(pipeline.Warehouse, "2026-01-31", savedQueries: """[{"name": "regions", "query_params": {"group_by": ["Dimension('customer__region')"]}}]""");
        await RefusedAsync<ConfigurationFaultException>("no saved query with metric_time");

        Assert.Equal("0", await TextAsync(pipeline.Warehouse, "select count(*) from meta.access_key"));

        // A later publication of an early date does not take back that the month is over.
        await PublishAsync(pipeline.Warehouse, "2026-01-02");
        api.Status = 400;
        await RefusedAsync<ConfigurationFaultException>("answered 400 to the saved query 'by_month': It is as it is.");
        api.Status = 503;
        await RefusedAsync<HttpRequestException>("answered 503");
        api.Status = 200;
        api.Rows = _ => "[[1], [2], [3], [4]]";
        await RefusedAsync<ConfigurationFaultException>("more than 3 rows");
        api.Rows = _ => "[]";
        var answers = 0;
        api.Publication = current => ++answers % 2 == 0 ? current + 1 : current;
        await RefusedAsync<TimeoutException>("Another publication came at every attempt");
        Assert.Equal("0", await TextAsync(pipeline.Warehouse, "select (select count(*) from meta.closed_period) + (select count(*) from meta.closed_result)"));
        Assert.Equal("0", await TextAsync(pipeline.Warehouse, "select count(*) from meta.access_key where revoked_at is null"));

        using var nowhere = new MetricsApi(Options.Create(new PeriodOptions()));
        var unset = await Assert.ThrowsAsync<ConfigurationFaultException>(() => Closed(pipeline, nowhere).CloseAsync(January, "ann", null, Token));
        Assert.Contains("Periods:MetricsApi is not set", unset.Message, StringComparison.Ordinal);

        async Task RefusedAsync<T>(string part) where T : Exception =>
            Assert.Contains(part, (await Assert.ThrowsAsync<T>(() => closed.CloseAsync(January, "ann", null, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_WhileAnotherPublicationComes_IsOfTheLaterOne()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var api = await AnsweringApi.StartAsync(pipeline.Warehouse);
        using var metrics = Metrics(api);
        await PublishAsync(pipeline.Warehouse, "2026-01-31");
        long later = 0;
        api.Rows = name =>
        {
            // Between the first answer and the second.
            later = later == 0 && name == "top_days" ? PublishAsync(pipeline.Warehouse, "2026-02-01").GetAwaiter().GetResult() : later;
            return "[]";
        };

        var period = await Closed(pipeline, metrics).CloseAsync(January, "ann", null, Token);

        Assert.Equal(later, period.PublicationId);
        Assert.All(period.Results, result => Assert.StartsWith($"{later}.", result.Receipt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OperatorApi_ClosesForOperators_ReopensForAdmins_AndClosesAnew()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var api = await AnsweringApi.StartAsync(pipeline.Warehouse);
        await using var worker = await TestWorker.StartAsync(
            pipeline,
            environment: "Production",
            settings:
            [
                ("Periods:MetricsApi", api.Address.ToString()),
                ("Operator:Keys:0:Name", "screen"), ("Operator:Keys:0:Role", "viewer"), ("Operator:Keys:0:Key", "viewer-key-0123456"),
                ("Operator:Keys:1:Name", "night"), ("Operator:Keys:1:Role", "operator"), ("Operator:Keys:1:Key", "operator-key-01234"),
                ("Operator:Keys:2:Name", "maria"), ("Operator:Keys:2:Role", "admin"), ("Operator:Keys:2:Key", "admin-key-01234567"),
            ]);
        await worker.SchedulerAsync();
        await PublishAsync(pipeline.Warehouse, "2026-02-28");

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("viewer-key-0123456", "/2026-01/close")).Status);
        Assert.Equal((HttpStatusCode.BadRequest, "'2026-13' is no month; expected e.g. 2026-01."), Detail(await SendAsync("operator-key-01234", "/2026-13/close")));
        var (status, first) = await SendAsync("operator-key-01234", "/2026-01/close");
        Assert.Equal((HttpStatusCode.OK, "api:night"), (status, first.GetProperty("closed_by").GetString()));
        Assert.Contains("is closed since", Detail(await SendAsync("operator-key-01234", "/2026-01/close")).Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("operator-key-01234", "/2026-01/reopen")).Status);
        Assert.Equal("reopened", (await SendAsync("admin-key-01234567", "/2026-01/reopen")).Body.GetProperty("state").GetString());
        Assert.Contains("is not closed", Detail(await SendAsync("admin-key-01234567", "/2026-01/reopen")).Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("operator-key-01234", "/2026-01/close")).Status);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/periods");
        request.Headers.Add("X-Api-Key", "viewer-key-0123456");
        using var response = await worker.Http.SendAsync(request, Token);
        using var list = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(
            ["2026-01 closed", "2026-01 reopened"],
            list.RootElement.GetProperty("periods").EnumerateArray().Select(period => $"{period.GetProperty("period")} {period.GetProperty("state")}"));

        async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string key, string path)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/periods{path}") { Content = JsonContent.Create(new { why = "test" }) };
            message.Headers.Add("X-Api-Key", key);
            using var answer = await worker.Http.SendAsync(message, Token);
            return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement);
        }

        static (HttpStatusCode Status, string? Detail) Detail((HttpStatusCode Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("detail").GetString());
    }

    private static MetricsApi Metrics(AnsweringApi api) => new(Options.Create(new PeriodOptions { MetricsApi = api.Address, MaxRows = 3 }));

    private static ClosedPeriods Closed(TestPipeline pipeline, MetricsApi metrics)
    {
        var time = new FakeTimeProvider(Noon);
        return new ClosedPeriods(pipeline.Warehouse, metrics, new AccessKeys(pipeline.Warehouse, time), time);
    }

    private static async Task<long> PublishAsync(NpgsqlDataSource warehouse, string dataDateTo, string? savedQueries = null)
    {
        await using var command = warehouse.CreateCommand(
            """
            with invocation as (
              insert into meta.invocation (invocation_id, started_at, finished_at, success) values (gen_random_uuid(), now(), now(), true) returning invocation_id),
            former as (update meta.publication set is_current = false where is_current)
            insert into meta.publication (published_at, invocation_id, data_date_from, data_date_to, project_version, semantic_manifest, manifest, project_name, is_current)
            select now(), invocation_id, $1, $1, '1', jsonb_build_object('saved_queries', $2::jsonb), '{}', 'shop', false from invocation returning publication_id
            """);
        command.Parameters.AddWithValue(DateOnly.Parse(dataDateTo, System.Globalization.CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue(savedQueries ?? """
            [{"name": "by_month", "query_params": {"metrics": ["revenue"], "group_by": ["TimeDimension('metric_time', 'month')"], "limit": null}},
             {"name": "regions", "query_params": {"metrics": ["revenue"], "group_by": ["Dimension('customer__region')"]}},
             {"name": "top_days", "query_params": {"metrics": ["revenue"], "group_by": ["metric_time__day"], "limit": 2}}]
            """);
        var id = (long)(await command.ExecuteScalarAsync(Token))!;
        await using var current = warehouse.CreateCommand($"update meta.publication set is_current = true where publication_id = {id}");
        await current.ExecuteNonQueryAsync(Token);
        return id;
    }

    private static async Task<string> TextAsync(NpgsqlDataSource warehouse, string sql)
    {
        await using var command = warehouse.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture)!;
    }
}
