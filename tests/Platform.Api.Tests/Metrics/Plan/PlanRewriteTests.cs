using System.Text.Json;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics.Plan;

/// <summary>What each rewrite makes of a plan, as <c>/explain</c> tells it; that answers stay the same is what the other tests see.</summary>
public sealed class PlanRewriteTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Fact]
    public async Task Explain_TellsStepsAndSql()
    {
        var explained = await ExplainAsync("metrics=revenue,order_count&group_by=metric_time__month,customer__region&limit=20000");
        Assert.Equal(["Top", "Project", "SideBySide", "Aggregate", "Join", "Join", "Read", "Read", "Read", "Aggregate", "Join", "Read", "Read"], Steps(explained.GetProperty("plan")));
        Assert.StartsWith("with order_lines as (\n  select\n    date_trunc('month', order_lines.order_date", Sql(explained), StringComparison.Ordinal);
        Assert.Equal(["fct_order_lines", "fct_orders"], explained.GetProperty("facts").EnumerateArray().Select(fact => fact.GetProperty("relation").GetString()!.Split('.')[1]));
        Assert.DoesNotContain("grouping sets", Sql(explained), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task BoundTimes_ConditionOnAPeriod_BecomesOneOnTheColumn()
    {
        var sql = Sql(await ExplainAsync("metrics=order_count&where=metric_time__month = '2026-01-01' and metric_time__week > '2026-01-06'"));
        Assert.Contains("where (ordered_at >= $1 and ordered_at < $2)\n    and ordered_at >= $3", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("date_trunc", sql, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AggregateBeforeJoin_WindowOfSums_ReadsDaysSums()
    {
        var sums = Sql(await ExplainAsync("metrics=revenue_7d&grain=day"));
        Assert.Contains("order_lines_by_day as (\n  select\n    order_date as fact_time,\n    sum(net_amount_eur) as revenue\n", sums, StringComparison.Ordinal);

        // Distinct counts cannot be put together from days' ones.
        var distinct = Sql(await ExplainAsync("metrics=buyers_28d&grain=day"));
        Assert.Contains("count(distinct orders_by_day.buyers) as buyers", distinct, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShareScans_MetricsThatDifferInFilters_ReadTheFactOnce()
    {
        var explained = await ExplainAsync("metrics=revenue,web_revenue&group_by=product__category");
        Assert.DoesNotContain("SideBySide", Steps(explained.GetProperty("plan")));
        Assert.Contains("filter (where", Sql(explained), StringComparison.Ordinal);
        Assert.Equal(1, Sql(explained).Split("fct_order_lines").Length - 1);
    }

    [Fact]
    public async Task PushLimit_OrderByColumns_LimitsEachFact()
    {
        var pushed = Sql(await ExplainAsync("metrics=revenue,order_count&group_by=metric_time__day&limit=10"));
        Assert.Equal(3, pushed.Split("limit $").Length - 1);
        var byMetric = Sql(await ExplainAsync("metrics=revenue,order_count&group_by=metric_time__day&order_by=-revenue&limit=10"));
        Assert.Equal(1, byMetric.Split("limit $").Length - 1);
    }

    [Fact]
    public async Task PruneJoins_LookupThatNothingReads_IsLeftOut()
    {
        var explained = await ExplainAsync("metrics=revenue_7d&grain=day&where=order__channel = 'web'");
        Assert.Contains("fct_orders", Sql(explained), StringComparison.Ordinal);
        Assert.DoesNotContain("dim_customer", Sql(explained), StringComparison.Ordinal);
    }

    private async Task<JsonElement> ExplainAsync(string query)
    {
        var (status, body) = await sample.Server.GetAsync($"/api/v1/explain?{query}");
        Assert.True(status == 200, $"{body}");
        return body;
    }

    private static string Sql(JsonElement explained) => explained.GetProperty("sql").GetString()!;

    private static IEnumerable<string> Steps(JsonElement step) =>
        step.GetProperty("inputs").EnumerateArray().SelectMany(Steps).Prepend(step.GetProperty("step").GetString()!);
}
