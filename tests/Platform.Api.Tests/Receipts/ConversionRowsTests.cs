using System.Text.Json;
using Platform.Api.Tests.Sample.Flow;

namespace Platform.Api.Tests.Receipts;

/// <summary>The events behind a conversion: those that follow, each with the event that it counts for.</summary>
public sealed class ConversionRowsTests(FlowApi flow) : IClassFixture<FlowApi>
{
    /// <summary>Purchases with the user's latest visit of seven days before, whatever referred it.</summary>
    private const string Pairs = """
        with pairs as (
            select b.buy_id, b.amount, v.referrer, v.visited_at from analytics.fct_buys b cross join lateral (
                select * from analytics.fct_visits v where v.user_id = b.user_id and v.visited_at::date <= b.bought_on and v.visited_at::date > b.bought_on - interval '7 days'
                order by v.visited_at desc limit 1) v)
        """;

    [Theory]
    [InlineData("visit__referrer", "ad", "referrer = 'ad'")]
    [InlineData("metric_time__week", "2026-01-05", "date_trunc('week', visited_at) = '2026-01-05'")]
    public async Task Rows_OfAConversion_AreTheEventsThatFollow(string column, string value, string condition)
    {
        var (status, facts) = await RowsAsync("conversions_7d", column, value);

        Assert.True(status == 200, $"{facts}");
        var fact = Assert.Single(facts.GetProperty("facts").EnumerateArray());
        Assert.Equal("analytics.fct_buys", fact.GetProperty("relation").GetString());
        var expected = await flow.SqlAsync($"{Pairs} select buy_id::text from pairs where {condition} order by buy_id");
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(row => row[0]!).Order(StringComparer.Ordinal), Ids(fact, "buy_id"));
    }

    [Fact]
    public async Task Rows_OfARate_AreTheEventsThatFollowAndAllThatCouldBeFollowed()
    {
        var (status, facts) = await RowsAsync("conversion_7d", "visit__referrer", "mail");

        Assert.True(status == 200, $"{facts}");
        var byRelation = facts.GetProperty("facts").EnumerateArray().ToDictionary(fact => fact.GetProperty("relation").GetString()!);
        var visits = await flow.SqlAsync("select visit_id::text from analytics.fct_visits where referrer = 'mail'");
        var buys = await flow.SqlAsync($"{Pairs} select buy_id::text from pairs where referrer = 'mail'");
        Assert.Equal(visits.Select(row => row[0]!).Order(StringComparer.Ordinal), Ids(byRelation["analytics.fct_visits"], "visit_id"));
        Assert.Equal(buys.Select(row => row[0]!).Order(StringComparer.Ordinal), Ids(byRelation["analytics.fct_buys"], "buy_id"));
    }

    private static IEnumerable<string> Ids(JsonElement fact, string key) =>
        fact.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("row").GetProperty(key).ToString()).Order(StringComparer.Ordinal);

    private async Task<(int Status, JsonElement Facts)> RowsAsync(string metric, string column, string value)
    {
        var (_, answer) = await flow.Server.GetAsync($"/api/v1/query?metrics={metric}&group_by={column}");
        return await flow.Server.GetAsync($"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}/rows?metric={metric}&{column}={value}&limit=1000");
    }
}
