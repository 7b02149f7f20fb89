using System.Globalization;
using System.Text.Json;
using Platform.Api.Tests.Sample;
using Platform.Testing;

namespace Platform.Api.Tests.Metrics;

/// <summary>What was reported of a closed month stays to be asked for when the facts have changed, and the changes are listed.</summary>
public sealed class ClosingTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Ask = $"/api/v1/saved-queries/{SampleClosing.SavedQuery}/query";

    private const string January =
        """
        select c.region, sum(l.net_amount_eur) from analytics.fct_order_lines l left join analytics.fct_orders o using (order_id)
        left join analytics.dim_customer c using (customer_id) where l.order_date between '2026-01-01' and '2026-01-31' group by 1 order by 1
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AsOf_AfterARestatement_IsWhatWasReported_AndAdjustmentsTellTheDifference()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database), settings: new() { ["Query:PublicationAge"] = "00:00:00" });
        await SampleClosing.CloseAsync(database, server, "2026-01");
        var reported = await SqlAsync(database, January);
        var before = (await server.GetAsync($"{Ask}?start=2026-01&end=2026-01")).Body;
        var none = (await server.GetAsync($"/api/v1/periods/2026-01/adjustments?saved_query={SampleClosing.SavedQuery}")).Body;
        Assert.Empty(none.GetProperty("adjustments").EnumerateArray());

        // A line of the Nordics is corrected by 12.34, a line comes late for a new region, and all of Benelux is taken back.
        await ExecuteAsync(database, """
            update analytics.fct_order_lines set net_amount_eur = net_amount_eur + 12.34 where (order_id, line_number) = (
                select l.order_id, l.line_number from analytics.fct_order_lines l join analytics.fct_orders o using (order_id) join analytics.dim_customer c using (customer_id)
                where c.region = 'Nordics' and l.order_date between '2026-01-01' and '2026-01-31' order by 1, 2 limit 1);
            insert into analytics.dim_customer values ('C99', 'Iberia', 'consumer', '2026-01-01');
            insert into analytics.fct_orders values ('O-late', 'C99', 'web', '2026-01-15T10:00Z', true);
            insert into analytics.fct_order_lines values ('O-late', 1, 'P1', '2026-01-15', 1, 7.50, 1);
            delete from analytics.fct_order_lines l using analytics.fct_orders o, analytics.dim_customer c
            where l.order_id = o.order_id and o.customer_id = c.customer_id and c.region = 'Benelux' and l.order_date between '2026-01-01' and '2026-01-31';
            delete from analytics.fct_orders o using analytics.dim_customer c where o.customer_id = c.customer_id and c.region = 'Benelux' and o.ordered_at >= '2026-01-01' and o.ordered_at < '2026-02-01';
            """);
        var second = await SampleDatabase.PublishAsync(database, Token);
        var restated = await SqlAsync(database, January);
        Assert.NotEqual(reported, restated);

        var (status, now) = await server.GetAsync($"{Ask}?start=2026-01&end=2026-01");
        Assert.Equal(200, status);
        Assert.Equal(restated, Regions(now));
        var (_, then) = await server.GetAsync($"{Ask}?asOf=1");
        Assert.Equal(reported, Regions(then));
        Assert.Equal(before.GetProperty("rows").GetRawText(), then.GetProperty("rows").GetRawText());
        Assert.Equal(before.GetProperty("columns").GetRawText(), then.GetProperty("columns").GetRawText());
        Assert.Equal(1, then.GetProperty("published").GetProperty("publication_id").GetInt64());
        Assert.Equal(200, (await server.GetAsync($"/api/v1/receipts/{then.GetProperty("receipt").GetString()}")).Status);

        var (_, report) = await server.GetAsync($"/api/v1/periods/2026-01/adjustments?saved_query={SampleClosing.SavedQuery}");
        Assert.Equal((1L, second), (report.GetProperty("reported").GetProperty("publication_id").GetInt64(), report.GetProperty("restated").GetProperty("publication_id").GetInt64()));
        var adjustments = report.GetProperty("adjustments").EnumerateArray()
            .Where(adjustment => adjustment.GetProperty("metric").GetString() == "revenue")
            .Select(adjustment => $"{adjustment.GetProperty("kind")} {adjustment.GetProperty("key").GetProperty("metric_time__month")} {adjustment.GetProperty("key").GetProperty("customer__region")} {adjustment.GetProperty("difference")}");
        var benelux = reported.Single(row => row[0] == "Benelux")[1];
        Assert.Equal(
            [$"added 2026-01-01 Iberia 7.50", "changed 2026-01-01 Nordics 12.34", $"removed 2026-01-01 Benelux -{benelux}"],
            adjustments.Order(StringComparer.Ordinal));
        Assert.Equal(
            [("Iberia", "1"), ("Benelux", null)],
            report.GetProperty("adjustments").EnumerateArray().Where(adjustment => adjustment.GetProperty("metric").GetString() == "order_count")
                .Select(adjustment => (adjustment.GetProperty("key").GetProperty("customer__region").GetString(), adjustment.GetProperty("restated").ValueKind == JsonValueKind.Null ? null : adjustment.GetProperty("restated").GetRawText()))!);
    }

    [Fact]
    public async Task AsOf_ATime_IsTheClosingThatStoodThen()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database), settings: new() { ["Query:PublicationAge"] = "00:00:00" });
        await SampleClosing.CloseAsync(database, server, "2026-01");
        await SampleClosing.ReopenAsync(database, "2026-01");
        await ExecuteAsync(database, "update analytics.fct_order_lines set net_amount_eur = net_amount_eur + 1");
        await SampleDatabase.PublishAsync(database, Token);
        await SampleClosing.CloseAsync(database, server, "2026-01");
        await SampleClosing.CloseAsync(database, server, "2025-12");
        var (_, list) = await server.GetAsync("/api/v1/periods");
        var periods = list.GetProperty("periods").EnumerateArray().ToArray();
        Assert.Equal(["2026-01 closed 2", "2026-01 reopened 1", "2025-12 closed 2"], periods.Select(period => $"{period.GetProperty("period")} {period.GetProperty("state")} {period.GetProperty("publication_id")}"));
        Assert.Equal(("api:maria", SampleClosing.SavedQuery), (periods[0].GetProperty("closed_by").GetString(), periods[0].GetProperty("saved_queries")[0].GetProperty("name").GetString()));

        // While the first closing stood; between the two there is none; from the second on, both months are of one publication.
        Assert.Equal((200, 1L), await PublicationAsync($"as_of={Time(periods[1], "closed_at")}"));
        Assert.Equal((404, 0L), await PublicationAsync($"asOf={Time(periods[1], "reopened_at")}"));
        Assert.Equal((200, 2L), await PublicationAsync($"asOf=9000-01-01&start=2025-12&end=2026-01"));
        Assert.Equal((200, 2L), await PublicationAsync("asOf=2&start=2025-12-01&end=2025-12-31"));
        Assert.Equal((200, 1L), await PublicationAsync("asOf=1"));

        await SampleDatabase.PublishAsync(database, Token);
        await SampleClosing.CloseAsync(database, server, "2025-11");
        var (status, problem) = await server.GetAsync($"{Ask}?asOf=9000-01-01");
        Assert.Equal(400, status);
        Assert.Equal(["2025-11 3", "2025-12 2", "2026-01 2"], problem.GetProperty("kept").EnumerateArray().Select(one => $"{one.GetProperty("period")} {one.GetProperty("publication_id")}"));

        async Task<(int, long)> PublicationAsync(string query)
        {
            var (code, body) = await server.GetAsync($"{Ask}?{query}");
            return (code, code == 200 ? body.GetProperty("published").GetProperty("publication_id").GetInt64() : 0);
        }

        static string Time(JsonElement period, string name) => Uri.EscapeDataString(period.GetProperty(name).GetDateTimeOffset().ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("asOf=99", 404, "Nothing is kept as of publication 99")]
    [InlineData("asOf=1&start=2025-12&end=2026-01", 404, "2025-12 is not kept")]
    [InlineData("asOf=1&start=2026-02", 404, "for these months")]
    [InlineData("asOf=2020-01-01", 404, "from their closing on")]
    [InlineData("asOf=yesterday", 400, "no publication and no time")]
    [InlineData("asOf=2026-02-30", 400, "no publication and no time")]
    [InlineData("asOf=1&start=2026-01-05", 400, "whole months")]
    [InlineData("asOf=1&where=customer__region%20%3D%20'DACH'", 400, "cannot be combined with asOf")]
    [InlineData("asOf=1&limit=3", 400, "cannot be combined with asOf")]
    public async Task AsOf_OfWhatIsNotKept_SaysWhatIs(string query, int expected, string part)
    {
        var (status, problem) = await sample.Server.GetAsync($"{Ask}?{query}");
        Assert.Equal(expected, status);
        Assert.Contains(part, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        if (expected == 404)
        {
            Assert.Equal("2026-01", problem.GetProperty("kept")[0].GetProperty("period").GetString());
        }
    }

    [Theory]
    [InlineData("/api/v1/saved-queries/nothing/query?asOf=1", 404)]
    [InlineData("/api/v1/periods/2026-02/adjustments?saved_query=sales_by_month_and_region", 404)]
    [InlineData("/api/v1/periods/2026-01/adjustments?saved_query=nothing", 404)]
    [InlineData("/api/v1/periods/2026-01/adjustments", 400)]
    [InlineData("/api/v1/periods/january/adjustments?saved_query=sales_by_month_and_region", 400)]
    public async Task WhatIsNotKept_IsAProblem(string address, int expected) => Assert.Equal(expected, (await sample.Server.GetAsync(address)).Status);

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("records", "application/json")]
    [InlineData("arrow", "application/vnd.apache.arrow.stream")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    public async Task AsOf_ComesInEveryFormat_AsTheQueryDoes(string format, string type)
    {
        using var then = await sample.Server.Client.GetAsync(new Uri($"{Ask}?asOf=1&format={format}", UriKind.Relative), Token);
        using var now = await sample.Server.Client.GetAsync(new Uri($"{Ask}?start=2026-01&end=2026-01&format={format}", UriKind.Relative), Token);
        Assert.Equal((type, "2026-01"), (then.Content.Headers.ContentType!.MediaType, then.Headers.GetValues("X-As-Reported").Single()));
        var (kept, asked) = (await then.Content.ReadAsByteArrayAsync(Token), await now.Content.ReadAsByteArrayAsync(Token));
        Assert.NotEmpty(kept);
        if (format is "csv" or "records")
        {
            Assert.Equal(asked, kept);
        }
    }

    [Fact]
    public async Task Reader_HasWhatItsMetricsAllow_AndNothingWhenRestrictedByRows()
    {
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(sample.Database), environment: "Production", settings: new() { ["Access:KeyAge"] = "00:00:00.001" });
        var viewer = await ReaderKeys.CreateAsync(sample.Database, "closing-viewer", role: "viewer");
        var both = await ReaderKeys.CreateAsync(sample.Database, "closing-both", metrics: ["revenue", "order_count"]);
        var own = await ReaderKeys.CreateAsync(sample.Database, "closing-domain", domains: ["sales"]);
        var one = await ReaderKeys.CreateAsync(sample.Database, "closing-one", metrics: ["revenue"]);
        var other = await ReaderKeys.CreateAsync(sample.Database, "closing-other", domains: ["operations"]);
        var dach = await ReaderKeys.CreateAsync(sample.Database, "closing-rows", rows: """{"customer__region": ["DACH"]}""");

        foreach (var (key, expected) in ((string, int)[])[(viewer, 200), (both, 200), (own, 200), (one, 403), (other, 403), (dach, 403)])
        {
            foreach (var address in (string[])[$"{Ask}?asOf=1", $"{Ask}?asOf=1&format=csv", $"/api/v1/periods/2026-01/adjustments?saved_query={SampleClosing.SavedQuery}", $"{Ask}?asOf=99"])
            {
                var (status, _) = await GetAsync(key, address);
                Assert.True(status == (expected == 200 && address.EndsWith("99", StringComparison.Ordinal) ? 404 : expected), $"{key} {address}: {status}");
            }

            var (_, list) = await GetAsync(key, "/api/v1/periods");
            Assert.Equal(expected == 200 ? 1 : 0, list.GetProperty("periods").GetArrayLength());
        }

        async Task<(int, JsonElement)> GetAsync(string key, string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add("X-Api-Key", key);
            using var response = await server.Client.SendAsync(request, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            return ((int)response.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
        }
    }

    private static string?[][] Regions(JsonElement answer) =>
        [.. answer.GetProperty("rows").EnumerateArray().Select(row => new[] { row[1].GetString(), row[2].GetRawText() })];

    private static Task ExecuteAsync(TestDatabase database, string sql) => SampleDatabase.ExecuteAsync(database, sql, Token);

    private static async Task<string?[][]> SqlAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(Token))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(at => reader.IsDBNull(at) ? null : reader.GetString(at))]);
        }

        return [.. rows];
    }
}
