using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Access;

/// <summary>What a key may see, whichever way it asks.</summary>
public sealed class ReaderPolicyTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeyOfTheDatabase_IsLetIn_UntilItExpiresOrIsRevoked()
    {
        await using var server = Server();
        var good = await KeyAsync("power-bi");
        var late = await KeyAsync("late", expires: "now() - interval '1 second'");
        var gone = await KeyAsync("gone", revoked: true);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, good, "/api/v1/metrics")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, late, "/api/v1/metrics")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, gone, "/api/v1/metrics")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, "plk_nobody", "/api/v1/metrics")).Status);

        await SqlAsync("update meta.access_key set revoked_at = now(), revoked_by = 'eve' where name = 'power-bi'");

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, good, "/api/v1/metrics")).Status);
    }

    [Fact]
    public async Task Domains_AndMetrics_AreListedAndAnsweredOnlyWhereAllowed()
    {
        await using var server = Server();
        var domain = (await sample.Server.GetAsync("/api/v1/metrics")).Body.GetProperty("metrics").EnumerateArray()
            .Single(metric => metric.GetProperty("name").GetString() == "revenue").GetProperty("domain").GetString()!;
        var one = await KeyAsync("one", metrics: ["revenue"]);
        var elsewhere = await KeyAsync("elsewhere", domains: ["no_such_domain"]);
        var own = await KeyAsync("own", domains: [domain]);

        Assert.Equal("revenue", Names((await GetAsync(server, one, "/api/v1/metrics")).Body).Single());
        Assert.Empty(Names((await GetAsync(server, elsewhere, "/api/v1/metrics")).Body));
        Assert.Contains("revenue", Names((await GetAsync(server, own, "/api/v1/metrics")).Body));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, one, "/api/v1/query?metrics=revenue")).Status);
        var (status, body) = await GetAsync(server, one, "/api/v1/query?metrics=revenue,order_count");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("may not read order_count", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, one, "/api/v1/metrics/order_count")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, elsewhere, "/api/v1/query?metrics=revenue")).Status);

        // The receipt of someone else's answer opens nothing.
        var receipt = (await sample.Server.GetAsync("/api/v1/query?metrics=order_count")).Body.GetProperty("receipt").GetString();
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, one, $"/api/v1/receipts/{receipt}")).Status);
    }

    [Theory]
    [InlineData("metrics=revenue")]
    [InlineData("metrics=revenue&group_by=customer__region")]
    [InlineData("metrics=revenue&where=customer__region%20in%20('DACH','Nordics')")]
    [InlineData("metrics=revenue&where=customer__region%20%3C%3E%20'DACH'%20or%20customer__region%20%3D%20'Nordics'")]
    [InlineData("metrics=revenue&where=customer__region%20is%20null%20or%20customer__region%20is%20not%20null")]
    [InlineData("metrics=revenue&group_by=metric_time__month&format=csv")]
    [InlineData("metrics=revenue&group_by=customer__region&format=records")]
    [InlineData("metrics=revenue,order_count&group_by=customer__region&page_size=2")]
    public async Task Rows_AreThoseOfTheKey_WhateverIsAsked(string query)
    {
        await using var server = Server();
        var restricted = await KeyAsync("dach", rows: """{"customer__region": ["DACH"]}""");
        var all = await KeyAsync("all");
        var bounded = query.Contains("where=", StringComparison.Ordinal) ? null : query + "&where=customer__region%20%3D%20'DACH'";

        // Asked first by who may see all: nothing that is kept of it may reach the other.
        _ = await TextAsync(server, all, $"/api/v1/query?{query}");
        var text = await TextAsync(server, restricted, $"/api/v1/query?{query}");

        Assert.DoesNotContain("Nordics", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Benelux", text, StringComparison.Ordinal);
        if (bounded is not null)
        {
            Assert.Equal(Rows(await TextAsync(server, all, $"/api/v1/query?{bounded}")), Rows(text));
        }
        else
        {
            var revenue = (await sample.SqlAsync(
                """
                select sum(l.net_amount_eur) from analytics.fct_order_lines l join analytics.fct_orders o using (order_id)
                join analytics.dim_customer c using (customer_id) where c.region = 'DACH'
                """))[0][0]!;
            var answered = JsonDocument.Parse(text).RootElement.GetProperty("rows")[0][0];
            Assert.True(answered.ValueKind == JsonValueKind.Null || decimal.Parse(answered.GetRawText(), CultureInfo.InvariantCulture) <= decimal.Parse(revenue, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Rows_ByADimensionThatAMetricDoesNotHave_AreRefused_AndItsOwnFaultsAreStillTold()
    {
        await using var server = Server();
        var key = await KeyAsync("tier", rows: """{"stock__nothing": ["x"]}""");

        var (status, body) = await GetAsync(server, key, "/api/v1/query?metrics=revenue");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("stock__nothing", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(server, key, "/api/v1/query?metrics=nothing")).Status);
    }

    [Fact]
    public async Task Viewer_ReadsMetricsButNoPlans()
    {
        await using var server = Server();
        var viewer = await KeyAsync("viewer", role: "viewer");
        var analyst = await KeyAsync("analyst", role: "analyst");

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, viewer, "/api/v1/query?metrics=revenue")).Status);
        var (status, body) = await GetAsync(server, viewer, "/api/v1/explain?metrics=revenue");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("has not the role", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, analyst, "/api/v1/explain?metrics=revenue")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, viewer, "/odata/fct_orders")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, analyst, "/odata/fct_orders?$top=1")).Status);

        // Marts hold all rows, so who may see some only reads none of them that way.
        var dach = await KeyAsync("dach-rows", rows: """{"customer__region": ["DACH"]}""");
        foreach (var path in (string[])["/odata/fct_orders?$top=1", "/odata/dim_customer?$apply=groupby((region))", "/odata/fct_orders/$count"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, dach, path)).Status);
        }
    }

    [Fact]
    public async Task MoreRequestsThanTheKeyMaySend_AreRefusedForAWhile_AndOthersAreNot()
    {
        await using var server = Server();
        var slow = await KeyAsync("slow", rate: 3);
        var other = await KeyAsync("other");
        for (var request = 0; request < 3; request++)
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, slow, "/api/v1/metrics")).Status);
        }

        using var refused = await SendAsync(server, slow, "/api/v1/metrics");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("Too many requests", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, other, "/api/v1/metrics")).Status);
    }

    [Fact]
    public async Task Cors_IsOffUnlessAnOriginIsNamed()
    {
        await using var off = Server();
        await using var on = Server(("Access:CorsOrigins:0", "https://reports.example.com"));

        Assert.False((await PreflightAsync(off, "https://reports.example.com")).Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("https://reports.example.com", (await PreflightAsync(on, "https://reports.example.com")).Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False((await PreflightAsync(on, "https://evil.example.com")).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task TheRoleOfTheApi_CannotWrite()
    {
        await using var source = NpgsqlDataSource.Create(SampleDatabase.ApiConnectionString(sample.Database));
        foreach (var sql in (string[])[
            "update meta.access_key set role = 'admin'", "insert into meta.audit (at, who, action, subject) values (now(), 'x', 'x', 'x')",
            "delete from analytics.fct_order_lines", "create table analytics.mine (x int)", "truncate meta.publication", "drop table analytics.dim_customer"])
        {
            await using var command = source.CreateCommand(sql);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Token));
            Assert.True(refused.SqlState is PostgresErrorCodes.InsufficientPrivilege, $"{sql}: {refused.MessageText}");
        }
    }

    private ApiServer Server(params (string, string)[] settings) => new(
        SampleDatabase.ApiConnectionString(sample.Database),
        environment: "Production",
        settings: settings.Append(("Access:KeyAge", "00:00:00.001")).ToDictionary(setting => setting.Item1, setting => setting.Item2));

    private Task<string> KeyAsync(
        string name,
        string role = "analyst",
        string[]? domains = null,
        string[]? metrics = null,
        string rows = "{}",
        int? rate = null,
        string expires = "now() + interval '1 day'",
        bool revoked = false) => ReaderKeys.CreateAsync(sample.Database, name, role, domains, metrics, rows, rate, expires, revoked);

    private Task SqlAsync(string sql) => SampleDatabase.ExecuteAsync(sample.Database, sql, Token);

    private static async Task<HttpResponseMessage> SendAsync(ApiServer server, string key, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("X-Api-Key", key);
        return await server.Client.SendAsync(request, Token);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(ApiServer server, string key, string address)
    {
        using var response = await SendAsync(server, key, address);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private static async Task<string> TextAsync(ApiServer server, string key, string address)
    {
        using var response = await SendAsync(server, key, address);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode} {text}");
        return text;
    }

    /// <summary>The answer without what names the query.</summary>
    private static string Rows(string text) =>
        text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.GetProperty("rows").GetRawText() : text;

    private static string[] Names(JsonElement list) =>
        [.. list.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("name").GetString()!)];

    private static async Task<HttpResponseMessage> PreflightAsync(ApiServer server, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/metrics");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        return await server.Client.SendAsync(request, Token);
    }
}
