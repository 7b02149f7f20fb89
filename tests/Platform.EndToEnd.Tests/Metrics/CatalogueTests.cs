using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace Platform.EndToEnd.Tests.Metrics;

/// <summary>The metrics of the platform's own project, asked of a system that runs.</summary>
public sealed class CatalogueTests(PlatformFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryMetric_Answers_ByMonthAndSomeOfItsDimensions()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var metrics = (await api.GetFromJsonAsync<JsonElement>("/api/v1/metrics", Cancellation)).GetProperty("metrics").EnumerateArray().ToArray();

        Assert.True(metrics.Length >= 100, $"{metrics.Length} metrics");

        // There is no earlier period in so few days.
        var refused = new List<string>();
        foreach (var metric in metrics)
        {
            var name = metric.GetProperty("name").GetString()!;
            var detail = await api.GetFromJsonAsync<JsonElement>($"/api/v1/metrics/{name}", Cancellation);
            var dimension = detail.GetProperty("dimensions").EnumerateArray()
                .FirstOrDefault(one => one.GetProperty("type").GetString() == "string") is { ValueKind: JsonValueKind.Object } found
                    ? "," + found.GetProperty("name").GetString()
                    : "";
            using var response = await api.GetAsync(new Uri($"/api/v1/query?metrics={name}&group_by=metric_time__month{dimension}", UriKind.Relative), Cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                refused.Add($"{name}{dimension}: {await response.Content.ReadAsStringAsync(Cancellation)}");
            }
            else if ((await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("rows").GetArrayLength() == 0
                && !name.Contains("_previous_", StringComparison.Ordinal))
            {
                refused.Add($"{name}{dimension}: no rows");
            }
        }

        Assert.Equal([], refused);
    }

    [Fact]
    public async Task EverySavedQuery_Answers_AndItsViewHasTheSameRows()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var queries = (await api.GetFromJsonAsync<JsonElement>("/api/v1/saved-queries", Cancellation)).GetProperty("saved_queries").EnumerateArray().ToArray();

        Assert.NotEmpty(queries);
        await using var source = NpgsqlDataSource.Create(platform.Warehouse);
        await using var warehouse = await source.OpenConnectionAsync(Cancellation);
        foreach (var query in queries)
        {
            var name = query.GetProperty("name").GetString()!;
            using var rows = await warehouse.BeginTextExportAsync($"copy (select * from analytics.{name}) to stdout (format csv)", Cancellation);
            var answer = await api.GetStringAsync(new Uri($"/api/v1/query?saved_query={name}&format=csv", UriKind.Relative), Cancellation);
            Assert.Equal(Lines(answer).Skip(1).Order(StringComparer.Ordinal), Lines(await rows.ReadToEndAsync(Cancellation)).Order(StringComparer.Ordinal));

            using var response = await api.GetAsync(new Uri(query.GetProperty("example").GetString()!, UriKind.Relative), Cancellation);
            Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [Fact]
    public async Task MetricsAcrossDomains_EqualWhatTheFilesSay()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var files = new LandedFiles(platform.Landing);
        var lines = await files.ReadAsync("sales", "order_lines", ["order_id", "quantity", "net_amount_eur"], Cancellation);
        var orders = await files.ReadAsync("sales", "orders", ["order_id"], Cancellation);
        var tickets = await files.ReadAsync("operations", "support_tickets", ["ticket_id", "status"], Cancellation);
        var payments = await files.ReadAsync("finance", "payments", ["amount_eur"], Cancellation);

        var answer = await api.GetFromJsonAsync<JsonElement[]>(
            "/api/v1/query?metrics=units_per_order,revenue,revenue_not_in_ledger,cash_collected,tickets_opened,tickets_per_100_orders,order_count&format=records", Cancellation);
        var row = Assert.Single(answer!);

        Assert.Equal(orders.Count, row.GetProperty("order_count").GetInt64());
        Assert.Equal(Round(lines.Sum(line => Number(line.Values[1])) / orders.Count), Round(row.GetProperty("units_per_order").GetDecimal()));
        Assert.Equal(lines.Sum(line => Number(line.Values[2])), row.GetProperty("revenue").GetDecimal());
        Assert.Equal(0, row.GetProperty("revenue_not_in_ledger").GetDecimal());
        Assert.Equal(payments.Sum(payment => Number(payment.Values[0])), row.GetProperty("cash_collected").GetDecimal());
        var opened = tickets.Select(ticket => ticket.Values[0]).Distinct().Count();
        Assert.Equal(opened, row.GetProperty("tickets_opened").GetInt64());
        Assert.Equal(Round(opened * 100m / orders.Count), Round(row.GetProperty("tickets_per_100_orders").GetDecimal()));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static decimal Round(decimal value) => Math.Round(value, 8);
}
