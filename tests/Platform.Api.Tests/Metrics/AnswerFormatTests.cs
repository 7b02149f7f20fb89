using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>How answers are written, and what they say about themselves.</summary>
public sealed class AnswerFormatTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Fact]
    public async Task Json_HasColumnsRowsReceiptAndPublication()
    {
        var (_, answer) = await sample.Server.GetAsync("/api/v1/query?metrics=revenue,gross_margin,order_count,first_sale&grain=month");

        Assert.Equal(
            ["metric_time__month date ", "revenue decimal EUR", "gross_margin decimal ratio", "order_count integer count", "first_sale date "],
            answer.GetProperty("columns").EnumerateArray()
                .Select(column => $"{column.GetProperty("name")} {column.GetProperty("type")} {column.GetProperty("unit")}"));
        Assert.Equal("2026-02-20", answer.GetProperty("published").GetProperty("data_date_to").GetString());
        Assert.StartsWith($"{answer.GetProperty("published").GetProperty("publication_id")}.", answer.GetProperty("receipt").GetString(), StringComparison.Ordinal);
        Assert.Equal("2025-11-01", answer.GetProperty("rows")[0][0].GetString());
    }

    [Fact]
    public async Task Json_OfDivision_HasEveryDigitOfTheDatabase()
    {
        var exact = (await sample.SqlAsync("select 1.0000000000000000000000001 * sum(net_amount_eur) / 3 from analytics.fct_order_lines"))[0][0]!;
        var manifest = await File.ReadAllTextAsync(Repository.Sample("semantic_manifest.json"), TestContext.Current.CancellationToken);
        Assert.True(exact.Length > 29, "The number is longer than a decimal of .NET holds.");

        await using var database = await SampleWorld.CreateAsync(
            sample, manifest.Replace("\"revenue - cogs\"", "\"1.0000000000000000000000001 * revenue / 3 + 0 * cogs\"", StringComparison.Ordinal));
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        var rows = await server.RowsAsync("metrics=gross_profit");
        Assert.StartsWith(exact[..30], rows[0][0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_AreAFlatArrayOfObjects()
    {
        var (_, records) = await sample.Server.GetAsync("/api/v1/query?metrics=order_count&group_by=order__channel&format=records");
        var expected = sample.Data.Orders.GroupBy(order => order.Channel).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $$"""{"order__channel":"{{group.Key}}","order_count":{{group.Count()}}}""");
        Assert.Equal($"[{string.Join(',', expected)}]", records.GetRawText());
    }

    [Fact]
    public async Task Csv_QuotesWhatNeedsQuotesAndTellsNullFromEmpty()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/query?metrics=order_count&group_by=customer__region");
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await sample.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("customer__region,order_count", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("\"O'Brien \"\"Ltd\"\", 50%\",", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith(',') && line.Length > 1);
        Assert.Equal("", lines[^1]);
    }

    [Fact]
    public async Task Post_OfTheSameQuery_GivesTheSameRowsAsGet()
    {
        var rows = await sample.Server.RowsAsync("metrics=revenue,order_count&group_by=metric_time__month,order__channel&where=order__channel <> 'web'&order_by=-revenue&limit=5");
        using var content = new StringContent(
            """
            {"metrics": ["revenue", "order_count"], "group_by": ["metric_time__month", "order__channel"], "where": "order__channel <> 'web'",
             "order_by": ["-revenue"], "limit": 5}
            """,
            Encoding.UTF8,
            "application/json");
        using var response = await sample.Server.Client.PostAsync(new Uri("/api/v1/query", UriKind.Relative), content, TestContext.Current.CancellationToken);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            rows, answer.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.ToString()).ToArray()));
    }

    [Fact]
    public async Task Answer_LargerThanItMayBeWithoutLimit_IsRefusedNotCut()
    {
        await using var server = new ApiServer(
            SampleDatabase.ApiConnectionString(sample.Database), settings: new() { ["Query:DefaultRows"] = "10", ["Query:MaxRows"] = "1000" });
        var (status, problem) = await server.GetAsync("/api/v1/query?metrics=revenue&grain=day");
        Assert.Equal(400, status);
        Assert.Equal("limit", problem.GetProperty("parameter").GetString());

        Assert.Equal(40, (await server.RowsAsync("metrics=revenue&grain=day&limit=40")).Length);
        Assert.Equal(3, (await server.RowsAsync("metrics=revenue&group_by=order__channel")).Length);
    }

    [Fact]
    public async Task Receipt_LeadsBackToTheQueryAndItsSql()
    {
        var (_, answer) = await sample.Server.GetAsync("/api/v1/query?metrics=revenue&group_by=customer__region&where=order__channel = 'web'");
        var (status, receipt) = await sample.Server.GetAsync($"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}");

        Assert.Equal(200, status);
        Assert.True(receipt.GetProperty("is_current").GetBoolean());
        Assert.Equal("order__channel = 'web'", receipt.GetProperty("query").GetProperty("where")[0].GetString());
        Assert.Contains("from analytics.fct_order_lines", receipt.GetProperty("explain").GetProperty("sql").GetString()!.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);

        (status, _) = await sample.Server.GetAsync("/api/v1/receipts/12.nonsense");
        Assert.Equal(404, status);
    }

    [Fact]
    public async Task Explain_PassesValuesAsParametersAndJoinsOnlyWhatIsNeeded()
    {
        var (_, plan) = await sample.Server.GetAsync("/api/v1/explain?metrics=revenue&group_by=metric_time__month&where=order__channel = 'o''hare'&start=2026-01-01");
        var sql = plan.GetProperty("sql").GetString()!;
        Assert.DoesNotContain("hare", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("2026", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("dim_customer", sql, StringComparison.Ordinal);
        Assert.Equal(["fct_orders"], plan.GetProperty("facts")[0].GetProperty("joins").EnumerateArray().Select(name => name.GetString()!.Split('.')[1]));
        Assert.Contains("o'hare", plan.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("value").ToString()));
    }

    [Fact]
    public async Task MetricDetail_ListsDimensionsThatTheQueryAccepts()
    {
        var (_, detail) = await sample.Server.GetAsync("/api/v1/metrics/average_order_value");
        var names = detail.GetProperty("dimensions").EnumerateArray().Select(dimension => dimension.GetProperty("name").GetString()!).ToArray();
        Assert.Contains("customer__region", names);
        Assert.Contains("order__channel", names);
        Assert.DoesNotContain("product__category", names);
        Assert.Equal(["day", "week", "month", "quarter", "year"], detail.GetProperty("grains").EnumerateArray().Select(grain => grain.GetString()));
        foreach (var name in names)
        {
            Assert.NotEmpty(await sample.Server.RowsAsync($"metrics=average_order_value&group_by={name}"));
        }

        var (status, problem) = await sample.Server.GetAsync("/api/v1/metrics/revenu");
        Assert.Equal(404, status);
        Assert.Equal("revenue", problem.GetProperty("did_you_mean")[0].GetString());
    }

    [Fact]
    public async Task Metrics_ListEveryMetricWithItsMeta()
    {
        var (_, list) = await sample.Server.GetAsync("/api/v1/metrics");
        var revenue = list.GetProperty("metrics").EnumerateArray().Single(metric => metric.GetProperty("name").GetString() == "revenue");
        Assert.Equal("sales", revenue.GetProperty("domain").GetString());
        Assert.Equal("EUR", revenue.GetProperty("unit").GetString());
        Assert.True(revenue.GetProperty("certified").GetBoolean());
        Assert.Equal("simple", revenue.GetProperty("type").GetString());
        Assert.Equal(1, int.Parse(list.GetProperty("published").GetProperty("id").GetRawText(), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task OpenApi_DescribesTheQueryWithExamples()
    {
        var (status, document) = await sample.Server.GetAsync("/openapi/v1.json");
        Assert.Equal(200, status);
        var parameters = document.GetProperty("paths").GetProperty("/api/v1/query").GetProperty("get").GetProperty("parameters").EnumerateArray().ToArray();
        Assert.Equal(
            ["metrics", "group_by", "where", "grain", "start", "end", "order_by", "limit", "format", "saved_query", "csv_safe", "page_size", "cursor"],
            parameters.Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.Equal("revenue,gross_margin", parameters[0].GetProperty("example").GetString());
        Assert.All(
            ["/api/v1/metrics", "/api/v1/metrics/{name}", "/api/v1/freshness", "/api/v1/runs", "/api/v1/explain", "/api/v1/receipts/{id}", "/api/v1/dimensions", "/api/v1/values",
                "/api/v1/saved-queries", "/api/v1/saved-queries/{name}", "/api/v1/saved-queries/{name}/query"],
            path => Assert.True(document.GetProperty("paths").TryGetProperty(path, out _), path));

        using var page = await sample.Server.Client.GetAsync(new Uri("/scalar", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)page.StatusCode);
    }
}
