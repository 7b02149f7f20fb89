using System.Text.Json;
using Platform.Api.Tests.Sample.Flow;

namespace Platform.Api.Tests.Metrics;

/// <summary>Saved queries, values of dimensions, and the lists of what can be asked.</summary>
public sealed class SavedQueryTests(FlowApi flow) : IClassFixture<FlowApi>
{
    [Fact]
    public async Task SavedQueries_AreListedWithTheirDefinition()
    {
        var (status, body) = await flow.Server.GetAsync("/api/v1/saved-queries");
        Assert.Equal(200, status);
        Assert.Equal(["countries", "raw_filter", "visits_by_referrer"], Names(body.GetProperty("saved_queries")));

        (_, body) = await flow.Server.GetAsync("/api/v1/saved-queries/visits_by_referrer");
        Assert.Equal("Visits by referrer and month", body.GetProperty("description").GetString());
        Assert.Equal(4, body.GetProperty("limit").GetInt32());
        Assert.Equal(["visits", "visitors"], body.GetProperty("metrics").EnumerateArray().Select(name => name.GetString()));

        (status, body) = await flow.Server.GetAsync("/api/v1/saved-queries/visits_by_refferrer");
        Assert.Equal(404, status);
        Assert.Contains("visits_by_referrer", body.GetProperty("did_you_mean").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task SavedQuery_Asked_HasItsOrderLimitAndFilters()
    {
        const string Sql =
            """
            select date_trunc('month', visited_at)::date, referrer, count(*), count(distinct user_id) from analytics.fct_visits where device = 'phone'
            group by 1, 2 order by 3 desc, 2, 1 limit 4
            """;
        var expected = await flow.SqlAsync(Sql);
        Assert.Equal(expected, await flow.Server.RowsAsync("saved_query=visits_by_referrer"));
        var (_, byName) = await flow.Server.GetAsync("/api/v1/saved-queries/visits_by_referrer/query?format=records");
        Assert.Equal(expected.Select(row => row[1]), byName.EnumerateArray().Select(row => row.GetProperty("visit__referrer").GetString()));
    }

    /// <summary>A limit, a filter of the project's own SQL, and a query without metrics are in the set as they are in the query.</summary>
    [Theory]
    [InlineData("visits_by_referrer")]
    [InlineData("raw_filter")]
    [InlineData("countries")]
    public async Task SavedQuery_ByOData_HasTheSameRows(string name)
    {
        var expected = await flow.Server.RowsAsync($"saved_query={name}");
        var (status, page) = await flow.Server.GetAsync($"/odata/{name}");
        Assert.True(status == 200, page.ToString());
        var rows = page.GetProperty("value").EnumerateArray().Select(row => string.Join('|', row.EnumerateObject().Select(property => property.Value.ToString())));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(row => string.Join('|', row)).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("saved_query=visits_by_referrer&where=visit__referrer = 'ad'&end=2026-01-20&order_by=metric_time__month&limit=1", """
        select date_trunc('month', visited_at)::date, referrer, count(*), count(distinct user_id) from analytics.fct_visits
        where device = 'phone' and referrer = 'ad' and visited_at < '2026-01-21' group by 1, 2 order by 1 limit 1
        """)]
    [InlineData("saved_query=raw_filter", "select user_id, count(*) from analytics.fct_buys where mod(hashtext(user_id::text), 2) = 0 group by 1 order by 1")]
    [InlineData("saved_query=countries&where=user__country <> 'FR'", "select distinct country from analytics.dim_users where country <> 'FR' order by 1")]
    public async Task SavedQuery_WithMoreConditions_AddsThem(string query, string sql) =>
        Assert.Equal(await flow.SqlAsync(sql), await flow.Server.RowsAsync(query));

    [Theory]
    [InlineData("saved_query=nothing", "saved_query", "no saved query")]
    [InlineData("saved_query=countries&metrics=visits", "metrics", "has its metrics and columns")]
    [InlineData("saved_query=countries&grain=day", "group_by", "has its metrics and columns")]
    [InlineData("saved_query=countries&where=nothing = 1", "where", "no dimension")]
    [InlineData("saved_query=countries&order_by=visits", "order_by", "no column")]
    public async Task SavedQuery_AskedWrongly_IsRefused(string query, string parameter, string message)
    {
        var (status, problem) = await flow.Server.GetAsync($"/api/v1/query?{query}");
        Assert.Equal(400, status);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
        Assert.Contains(message, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SavedQuery_Receipt_ExplainsTheWholeQuery()
    {
        var (_, answer) = await flow.Server.GetAsync("/api/v1/query?saved_query=visits_by_referrer&end=2026-01-20");
        var (status, receipt) = await flow.Server.GetAsync($"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}");
        Assert.Equal(200, status);
        Assert.Contains("fct_visits", receipt.GetProperty("explain").GetProperty("sql").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dimension=user__country", "select distinct country from analytics.dim_users order by 1 nulls last")]
    [InlineData("dimension=user__country&metrics=buys", "select distinct country from analytics.fct_buys left join analytics.dim_users using (user_id) order by 1 nulls last")]
    [InlineData("group_by=user__country,visit__device&metrics=visits&where=user__country is not null&limit=3", """
        select distinct country, device from analytics.fct_visits join analytics.dim_users using (user_id) where country is not null order by 1, 2 limit 3
        """)]
    [InlineData("dimension=company__company_name&search=O", "select company_name from analytics.dim_companies where company_name ilike '%o%' order by 1")]
    [InlineData("dimension=company__company_name&search=%25", "select company_name from analytics.dim_companies where false")]
    [InlineData("dimension=user&search=1&order_by=-user&limit=2", "select user_id from analytics.dim_users where user_id::text like '%1%' order by 1 desc limit 2")]
    public async Task Values_OfADimension_AreThoseThatOccur(string query, string sql)
    {
        var (status, body) = await flow.Server.GetAsync($"/api/v1/values?{query}");
        Assert.True(status == 200, $"{body}");
        Assert.Equal(
            await flow.SqlAsync(sql),
            body.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray()
                .Select(value => value.ValueKind == JsonValueKind.Null ? null : value.ToString()).ToArray()).ToArray());
    }

    [Theory]
    [InlineData("", "metrics")]
    [InlineData("dimension=user__county", "group_by")]
    [InlineData("dimension=user__country,seat__kind", "group_by")]
    [InlineData("dimension=user__country&start=2026-01-01", "start")]
    public async Task Values_OfNothing_AreRefused(string query, string parameter)
    {
        var (status, problem) = await flow.Server.GetAsync($"/api/v1/values?{query}");
        Assert.Equal(400, status);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task Dimensions_OfMetrics_AreThoseThatAllHave()
    {
        var (_, all) = await flow.Server.GetAsync("/api/v1/dimensions");
        Assert.Contains("visit__referrer", Names(all.GetProperty("dimensions")));
        Assert.Equal(["fiscal_quarter", "fiscal_year", "decade"], all.GetProperty("custom_grains").EnumerateArray().Select(name => name.GetString()));

        var (_, shared) = await flow.Server.GetAsync("/api/v1/dimensions?metrics=visits,buys");
        var names = Names(shared.GetProperty("dimensions"));
        Assert.Contains("user__country", names);
        Assert.Contains("company__company_name", names);
        Assert.DoesNotContain("visit__referrer", names);
        var joined = shared.GetProperty("dimensions").EnumerateArray().First(dimension => dimension.GetProperty("name").GetString() == "user__joined_on");
        Assert.Equal(
            ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "decade"],
            joined.GetProperty("grains").EnumerateArray().Select(grain => grain.GetString()));

        var (status, problem) = await flow.Server.GetAsync("/api/v1/dimensions?metrics=visit");
        Assert.Equal(400, status);
        Assert.Contains("visits", problem.GetProperty("did_you_mean").EnumerateArray().Select(name => name.GetString()));
    }

    private static IEnumerable<string?> Names(JsonElement list) => list.EnumerateArray().Select(item => item.GetProperty("name").GetString());
}
