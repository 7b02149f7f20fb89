using System.Text;
using System.Text.Json;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>Every kind of bad request is refused with problem details that name the parameter, the place and what may have been meant.</summary>
public sealed class BadRequestTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Theory]
    // Names.
    [InlineData("limit=5", "metrics", null, null, "No metric is asked for")]
    [InlineData("metrics=revnue", "metrics", null, "revenue", "'revnue' is no metric")]
    [InlineData("metrics=revenue,revenue", "metrics", null, null, "given 2 times")]
    [InlineData("metrics=revenue&group_by=custmer__region", "group_by", null, "customer__region", "'custmer__region' is no dimension")]
    [InlineData("metrics=revenue&group_by=region", "group_by", null, "customer__region", "'region' is no dimension")]
    [InlineData("metrics=revenue&group_by=customer__region,customer__region", "group_by", null, null, "given 2 times")]
    [InlineData("metrics=revenue&groupby=customer__region", "groupby", null, "group_by", "no parameter of a query")]

    // Joins that would count rows twice, and dimensions that not all facts share.
    [InlineData("metrics=revenue&group_by=return__reason", "group_by", null, null, "count rows more than once")]
    [InlineData("metrics=revenue,tickets_opened&group_by=product__category", "group_by", null, null, "(tickets_opened)")]

    // Grains.
    [InlineData("metrics=revenue&grain=mnth", "grain", null, "month", "no grain")]
    [InlineData("metrics=revenue&group_by=metric_time__hour", "group_by", null, null, "finest grain")]
    [InlineData("metrics=revenue&group_by=customer__region__month", "group_by", null, null, "no time dimension")]
    [InlineData("metrics=revenue_7d", "group_by", null, "metric_time__day", "is cumulative")]
    [InlineData("metrics=revenue_growth&group_by=customer__region", "group_by", null, "metric_time__day", "earlier time")]

    // Times, order, limit, format.
    [InlineData("metrics=revenue&start=2026-02-30", "start", null, null, "no date")]
    [InlineData("metrics=revenue&end=yesterday", "end", null, null, "no date")]
    [InlineData("metrics=revenue&start=2026-02-01&end=2026-01-01", "start", null, null, "after end")]
    [InlineData("metrics=revenue&order_by=order_count", "order_by", null, null, "no column of this query")]
    [InlineData("metrics=revenue&limit=0", "limit", null, null, "from 1 to")]
    [InlineData("metrics=revenue&limit=9999999999", "limit", null, null, "from 1 to")]
    [InlineData("metrics=revenue&limit=5&limit=6", "limit", null, null, "given 2 times")]
    [InlineData("metrics=revenue&format=xml", "format", null, null, "no format")]
    [InlineData("metrics=revenue&format=parqet", "format", null, "parquet", "no format")]
    [InlineData("metrics=revenue&csv_safe=perhaps", "csv_safe", null, null, "neither true nor false")]
    [InlineData("metrics=revenue&page_size=0", "page_size", null, null, "from 1 to")]
    [InlineData("metrics=revenue&page_size=5&cursor=12", "cursor", null, null, "no cursor")]
    [InlineData("metrics=revenue&page_size=5&cursor=1.5.5.AAAA", "cursor", null, null, "another query")]

    // The filter language: position of the fault, counted from 1.
    [InlineData("metrics=revenue&where=customer__region = ", "where", 19, null, "Found the end")]
    [InlineData("metrics=revenue&where=customer__region = 'DACH", "where", 20, null, "no closing '")]
    [InlineData("metrics=revenue&where=customer__region == 'DACH'", "where", 19, null, "Found '='")]
    [InlineData("metrics=revenue&where=customer__regin = 'DACH'", "where", 1, "customer__region", "no dimension")]
    [InlineData("metrics=revenue&where=product__category = 'Tools' and customer__regin = 'x'", "where", 33, "customer__region", "no dimension")]
    [InlineData("metrics=revenue&where=customer__region = null", "where", 20, null, "is null")]
    [InlineData("metrics=revenue&where=customer__region = 5", "where", 20, null, "a text in quotes")]
    [InlineData("metrics=revenue&where=metric_time__day = 'soon'", "where", 20, null, "a date in quotes")]
    [InlineData("metrics=revenue&where='a' = 'a'", "where", 1, null, "Two literals")]
    [InlineData("metrics=revenue&where=customer__region", "where", 1, null, "a condition compares it")]
    [InlineData("metrics=revenue&where=(customer__region = 'x'", "where", 24, null, "expected ')'")]
    [InlineData("metrics=revenue&where=customer__region in ()", "where", 22, null, "expected a text")]
    [InlineData("metrics=revenue&where=customer__region like 5", "where", 23, null, "a text in quotes")]
    [InlineData("metrics=revenue&where=metric_time__day like '2026%25'", "where", 1, null, "like compares texts")]
    [InlineData("metrics=revenue&where=customer__region = product__category__month", "where", 20, null, "no time dimension")]
    [InlineData("metrics=order_count&where=order__is_first = customer__region", "where", 19, null, "cannot be compared")]
    [InlineData("metrics=revenue&where={{ Dimension('customer__region' }} = 'x'", "where", 33, null, "expected ')'")]
    [InlineData("metrics=revenue&where={{ Dimension('customer__region').", "where", 34, null, "Found the end, expected 'grain' or 'date_part'")]
    [InlineData("metrics=revenue&group_by=Dimension('customer__region').", "group_by", 31, null, "Found the end, expected 'grain' or 'date_part'")]
    [InlineData("metrics=revenue&where={{ Metric('revenue') }} > 5", "where", 4, null, "Metric(...)")]
    [InlineData("metrics=revenue&where={{ run_query('x') }} = 'x'", "where", 4, null, "no function")]
    [InlineData("metrics=revenue_7d&grain=day&where=metric_time__day = '2026-01-01' or product__category = 'Tools'", "where", 1, null, "by 'and' only")]
    [InlineData("metrics=revenue&where=customer__region ~ 'x'", "where", 18, null, "no meaning")]
    public async Task Query_OfBadParameters_NamesParameterPlaceAndNearMatch(string query, string parameter, int? position, string? near, string message)
    {
        var (status, problem) = await sample.Server.GetAsync($"/api/v1/query?{query}");

        Assert.Equal(400, status);
        var error = problem.GetProperty("errors").EnumerateArray().First(fault => fault.GetProperty("parameter").GetString() == parameter);
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(position, error.GetProperty("position").ValueKind == JsonValueKind.Null ? null : error.GetProperty("position").GetInt32());
        if (near is not null)
        {
            Assert.Contains(near, error.GetProperty("did_you_mean").EnumerateArray().Select(name => name.GetString()));
        }
    }

    [Fact]
    public async Task Query_WithSeveralFaults_ListsThemAll()
    {
        var (_, unread) = await sample.Server.GetAsync("/api/v1/query?metrics=revenue&start=x&end=y&limit=z&where=(");
        Assert.Equal(["where", "start", "end", "limit"], Parameters(unread));

        var (_, unknown) = await sample.Server.GetAsync("/api/v1/query?metrics=revenue,revnue&group_by=custmer__region&where=prduct__category='x'");
        Assert.Equal(["metrics", "group_by", "where"], Parameters(unknown));
    }

    [Fact]
    public async Task Query_OfNestedDepth_IsRefusedAndTheServerLives()
    {
        var (status, problem) = await sample.Server.GetAsync($"/api/v1/query?metrics=revenue&where={new string('(', 3000)}");
        Assert.Equal(400, status);
        Assert.Contains("nests deeper", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        var nots = string.Concat(Enumerable.Repeat("not ", 1000));
        (status, _) = await sample.Server.GetAsync($"/api/v1/query?metrics=revenue&where={nots}order__is_first");
        Assert.Equal(400, status);
    }

    [Theory]
    [InlineData("{", "body")]
    [InlineData("[1]", "body")]
    [InlineData("""{"metrics": [1]}""", "metrics")]
    [InlineData("""{"metrics": "revenue", "group": []}""", "group")]
    [InlineData("""{"metrics": "revenue", "limit": true}""", "limit")]
    [InlineData("""{"metrics": "revenue\ud800"}""", "body")]
    [InlineData("""{"metrics": "revenue", "\udc00": 1}""", "body")]
    public async Task Post_OfBadBody_IsRefused(string body, string parameter)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await sample.Server.Client.PostAsync(new Uri("/api/v1/query", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(parameter, problem.RootElement.GetProperty("parameter").GetString());
    }

    [Theory]
    [InlineData("customer__region = 'x'; drop table analytics.fct_orders; --'")]
    [InlineData("customer__region = 'x' union select * from meta.publication")]
    [InlineData("customer__region = pg_sleep(10)")]
    [InlineData("1=1 or pg_read_file('/etc/passwd') is not null")]
    [InlineData("order__channel = $1")]
    [InlineData("order__channel = 'web' /* */ or true")]
    [InlineData("(select 1) = 1")]
    [InlineData("order__channel = E'\\x27 or true'")]
    public async Task Filter_WithSqlInIt_IsNoSql(string filter)
    {
        var (status, _) = await sample.Server.GetAsync($"/api/v1/query?metrics=revenue&where={Uri.EscapeDataString(filter)}");
        Assert.Equal(400, status);
    }

    [Theory]
    [InlineData("x' or '1'='1")]
    [InlineData("x'; drop table analytics.fct_orders; --")]
    [InlineData("\\'; select 1; --")]
    [InlineData("$1")]
    [InlineData("{{ Dimension('customer__region') }}")]
    public async Task Filter_WithSqlInAText_FindsNothing(string text)
    {
        var literal = $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        var rows = await sample.Server.RowsAsync($"metrics=order_count&where={Uri.EscapeDataString($"customer__region = {literal}")}");
        Assert.Equal([["0"]], rows);
    }

    [Theory]
    [InlineData("group_by", "order__channel\" from meta.publication --")]
    [InlineData("group_by", "metric_time__month'); drop table x; --")]
    [InlineData("order_by", "revenue; drop table x")]
    [InlineData("metrics", "revenue\"; drop table x")]
    public async Task Name_WithSqlInIt_IsUnknown(string parameter, string name)
    {
        var query = parameter == "metrics" ? "" : "metrics=revenue&";
        var (status, _) = await sample.Server.GetAsync($"/api/v1/query?{query}{parameter}={Uri.EscapeDataString(name)}");
        Assert.Equal(400, status);
    }

    private static IEnumerable<string?> Parameters(JsonElement problem) =>
        problem.GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("parameter").GetString());
}
