using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.EndToEnd.Tests.Metrics;

public sealed class RevenueTests(PlatformFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_RevenueByRegion_EqualsTheSumOfTheLandedFilesToTheCent()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        var expected = await ByRegionAsync(new LandedFiles(platform.Landing));

        using var api = new HttpClient { BaseAddress = platform.Api };
        var served = await api.GetFromJsonAsync<JsonElement[]>(
            "/api/v1/query?metrics=revenue&group_by=customer__region&format=records", Cancellation);

        Assert.NotEmpty(expected);
        Assert.Equal(
            expected.OrderBy(region => region.Key, StringComparer.Ordinal),
            served!.Select(row => KeyValuePair.Create(row.GetProperty("customer__region").GetString()!, row.GetProperty("revenue").GetDecimal()))
                .OrderBy(region => region.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Query_RevenueByDay_HasEachLandedDay()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        var lines = await new LandedFiles(platform.Landing).ReadAsync("sales", "order_lines", ["order_date", "net_amount_eur"], Cancellation);

        using var api = new HttpClient { BaseAddress = platform.Api };
        var served = await api.GetFromJsonAsync<JsonElement[]>(
            "/api/v1/query?metrics=revenue&group_by=metric_time__day&order_by=metric_time__day&format=records", Cancellation);

        Assert.Equal(
            lines.GroupBy(line => line.Values[0]).OrderBy(day => day.Key, StringComparer.Ordinal)
                .Select(day => (day.Key, day.Sum(line => Amount(line.Values[1])))),
            served!.Select(row => (row.GetProperty("metric_time__day").GetString()![..10], row.GetProperty("revenue").GetDecimal())));
        Assert.Equal(PlatformFixture.Days, served!.Length);
    }

    /// <summary>The numbers by day are those of a rollup, which the pipeline's build has made.</summary>
    [Theory]
    [InlineData("metrics=revenue&group_by=order_line__region", "analytics_rollups.rollup_sales_by_day__order_lines")]
    [InlineData("metrics=revenue&group_by=metric_time__day", "analytics_rollups.rollup_sales_by_day__order_lines")]
    [InlineData("metrics=order_count&group_by=metric_time__week,order__channel", "analytics_rollups.rollup_orders_by_day__orders")]
    public async Task Explain_NamesTheRollupOfTheSavedQuery(string query, string rollup)
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };

        var explained = await api.GetFromJsonAsync<JsonElement>($"/api/v1/explain?{query}", Cancellation);

        Assert.StartsWith(rollup, Assert.Single(explained.GetProperty("facts").EnumerateArray()).GetProperty("rollup").GetString()!, StringComparison.Ordinal);
    }

    /// <summary>Sum of the order lines' net amounts by the region of the customer as last seen.</summary>
    private static async Task<Dictionary<string, decimal>> ByRegionAsync(LandedFiles files)
    {
        var regions = new Dictionary<string, string>();
        foreach (var customer in await files.ReadAsync("sales", "customers", ["customer_id", "region"], Cancellation))
        {
            regions[customer.Values[0]] = customer.Values[1];
        }

        var orders = (await files.ReadAsync("sales", "orders", ["order_id", "customer_id"], Cancellation))
            .ToDictionary(order => order.Values[0], order => order.Values[1]);
        return (await files.ReadAsync("sales", "order_lines", ["order_id", "net_amount_eur"], Cancellation))
            .GroupBy(line => regions[orders[line.Values[0]]])
            .ToDictionary(region => region.Key, region => region.Sum(line => Amount(line.Values[1])));
    }

    private static decimal Amount(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
