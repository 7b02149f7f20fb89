using System.Security.Claims;
using System.Text.Json;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Tests.Metrics.Rollups;

/// <summary>Which rollup a query is answered from, as <c>/explain</c> tells it; that the answers are right is what the random queries see.</summary>
public sealed class RollupTests(RollupSample sample) : IClassFixture<RollupSample>
{
    /// <summary>The rollup of each fact that is read, in the plan's order; '-' for the fact itself.</summary>
    [Theory]
    [InlineData("metrics=revenue&group_by=metric_time__month,customer__region", "rollup_lines_by_month")]
    [InlineData("metrics=revenue&group_by=order__customer__region&where=product__category = 'x' or customer__region is null", "rollup_lines_by_month")]
    [InlineData("metrics=revenue,units_sold,gross_margin&grain=quarter", "rollup_lines_by_month")]
    [InlineData("metrics=revenue&grain=year&start=2026-01-01&end=2026-01-31", "rollup_lines_by_month")]
    [InlineData("metrics=revenue&grain=year&start=2026-01-02&end=2026-01-31", "rollup_lines_by_day")]
    [InlineData("metrics=revenue&where=metric_time__month = '2026-01-01'", "rollup_lines_by_month")]
    [InlineData("metrics=revenue&where=metric_time__day >= '2026-01-05'", "rollup_lines_by_day")]
    [InlineData("metrics=revenue&grain=week", "rollup_lines_by_day")]
    [InlineData("metrics=revenue&group_by=metric_time__extract_month", "rollup_lines_by_month")]
    [InlineData("metrics=revenue&group_by=metric_time__extract_dow", "rollup_lines_by_day")]
    [InlineData("metrics=smallest_line&grain=month", "rollup_lines_by_day")]
    [InlineData("metrics=web_revenue&group_by=product__category", "rollup_lines_by_month")]
    [InlineData("metrics=revenue_7d&grain=day", "rollup_lines_by_day")]
    [InlineData("metrics=revenue_last_month&grain=month&group_by=customer__region", "rollup_lines_by_day")]
    [InlineData("metrics=revenue&group_by=order__is_first", "rollup_lines_by_day")]
    [InlineData("metrics=median_line&grain=month", "-")]
    [InlineData("metrics=revenue,median_line&grain=month", "-")]
    [InlineData("metrics=first_sale", "-")]
    [InlineData("metrics=stock_on_hand&grain=day", "-")]
    [InlineData("metrics=revenue&group_by=customer__tier,metric_time__month", "rollup_lines_by_day")]
    [InlineData("metrics=order_count,first_orders&grain=month&group_by=customer__segment", "rollup_orders_by_day")]
    [InlineData("metrics=order_count&group_by=order__is_first", "-")]
    [InlineData("metrics=order_count&group_by=metric_time__hour", "-")]
    [InlineData("metrics=order_count&group_by=customer__tier", "-")]
    [InlineData("metrics=buyers&grain=month", "-")]
    [InlineData("metrics=average_resolution_hours&grain=week&group_by=ticket__priority", "rollup_tickets_by_week")]
    [InlineData("metrics=average_resolution_hours&grain=month", "-")]
    [InlineData("metrics=tickets_filled&grain=week", "rollup_tickets_by_week")]
    [InlineData("metrics=revenue,order_count&grain=month", "rollup_lines_by_month,rollup_orders_by_day")]
    [InlineData("metrics=revenue&where={{ Metric('order_count', group_by=['customer']) }} > 3", "rollup_orders_by_day,rollup_lines_by_day")]
    public async Task Explain_NamesTheSmallestRollupFromWhichTheAnswerFollows(string query, string rollups)
    {
        var (status, explained) = await sample.Server.GetAsync($"/api/v1/explain?{query}");
        Assert.True(status == 200, $"{explained}");
        Assert.Equal(
            rollups,
            string.Join(',', explained.GetProperty("facts").EnumerateArray().Select(fact => fact.GetProperty("rollup") is { ValueKind: JsonValueKind.String } rollup
                ? rollup.GetString()!.Split('.')[1]
                : "-")));
        var sql = explained.GetProperty("sql").GetString()!;
        Assert.All(rollups.Split(',').Where(name => name != "-"), name => Assert.Contains($"analytics.{name}", sql, StringComparison.Ordinal));
        Assert.Equal(200, (await sample.Server.GetAsync($"/api/v1/query?{query}")).Status);
    }

    [Theory]
    [InlineData("metrics=order_count,first_orders&where=order__channel = 'none'", "select count(*), sum(case when is_first then 1 else 0 end) from analytics.fct_orders where channel = 'none'")]
    [InlineData("metrics=average_resolution_hours&group_by=ticket__priority&order_by=ticket__priority", "select priority, avg(resolution_hours) from analytics.fct_tickets group by 1 order by 1")]
    [InlineData("metrics=repeat_share&grain=month", """
        select date_trunc('month', ordered_at at time zone 'UTC')::date, (count(*)::numeric - count(*) filter (where is_first)) / count(*)
        from analytics.fct_orders group by 1 order by 1
        """)]
    [InlineData("metrics=tickets_filled&grain=week", """
        select w::date, count(ticket_id) from generate_series(
            (select min(date_trunc('week', opened_at at time zone 'UTC')) from analytics.fct_tickets),
            (select date_trunc('week', max(data_date_to)::timestamp) from meta.publication), interval '1 week') w
        left join analytics.fct_tickets on date_trunc('week', opened_at at time zone 'UTC') = w group by 1 order by 1
        """)]
    public async Task Answer_FromARollup_IsThatOfTheFacts_DigitByDigit(string query, string sql) =>
        Assert.Equal(await sample.SqlAsync(sql), await sample.Server.RowsAsync(query));

    /// <summary>A reader's rows are those of the facts; a rollup that does not know the rule's dimension is not for this reader.</summary>
    [Theory]
    [InlineData("revenue", "customer__region", "DACH", "rollup_lines_by_month", """
        select date_trunc('month', order_date)::date, sum(net_amount_eur) from analytics.fct_order_lines join analytics.fct_orders using (order_id)
        join analytics.dim_customer using (customer_id) where region = 'DACH' group by 1 order by 1
        """)]
    [InlineData("revenue", "order_line__line_size", "large", "rollup_lines_by_day", """
        select date_trunc('month', order_date)::date, sum(net_amount_eur) from analytics.fct_order_lines where quantity >= 3 group by 1 order by 1
        """)]
    [InlineData("order_count", "order", "(the first)", null, """
        select date_trunc('month', ordered_at at time zone 'UTC')::date, 1 from analytics.fct_orders where order_id = (select min(order_id) from analytics.fct_orders)
        """)]
    public async Task ReadersRows_HoldOnRollups(string metric, string dimension, string value, string? rollup, string sql)
    {
        value = value == "(the first)" ? (await sample.SqlAsync("select min(order_id) from analytics.fct_orders"))[0][0]! : value;
        var reader = new ClaimsPrincipal(new ClaimsIdentity(ReaderClaims.Of([], [], [new RowRule(dimension, [value])]))).Policy();
        var (plan, statement) = await sample.Server.Service<MetricQueries>().ExplainAsync(
            new QueryParameters { Metrics = [metric], GroupBy = ["metric_time__month"] }, reader, TestContext.Current.CancellationToken);
        await using var command = sample.Database.DataSource.CreateCommand(statement.Text);
        command.AllResultTypesAreUnknown = true;
        foreach (var parameter in statement.Parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter.Value, NpgsqlDbType = parameter.Type });
        }

        var rows = new List<string?[]>();
        await using (var answered = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await answered.ReadAsync(TestContext.Current.CancellationToken))
            {
                rows.Add([answered.GetString(0), answered.GetString(1)]);
            }
        }

        Assert.Equal(rollup, plan.RollupOf(Assert.Single(plan.Facts))?.Name);
        Assert.Equal(await sample.SqlAsync(sql), rows);
    }

    [Fact]
    public async Task Receipt_NamesTheRollupThatWasRead()
    {
        var (_, answer) = await sample.Server.GetAsync("/api/v1/query?metrics=revenue&grain=month");
        var (status, receipt) = await sample.Server.GetAsync($"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}");
        Assert.Equal(200, status);
        Assert.Equal("analytics.rollup_lines_by_month", receipt.GetProperty("explain").GetProperty("facts")[0].GetProperty("rollup").GetString());
        Assert.Equal("analytics.fct_order_lines", receipt.GetProperty("explain").GetProperty("facts")[0].GetProperty("relation").GetString());
    }
}
