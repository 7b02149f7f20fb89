using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;

namespace Platform.EndToEnd.Tests.Metrics;

/// <summary>From a number back to the lines of the files that it is made of.</summary>
public sealed class ReceiptTests(PlatformFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_OfARevenueOfOneDayAndRegion_AreLinesOfTheLandedFiles_AndSumToIt()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var answer = await api.GetFromJsonAsync<JsonElement>("/api/v1/query?metrics=revenue&group_by=metric_time__day,customer__region&order_by=-revenue&limit=1", Cancellation);
        var (day, region) = (answer.GetProperty("rows")[0][0].GetString()!, answer.GetProperty("rows")[0][1].GetString()!);

        var rows = await api.GetFromJsonAsync<JsonElement>(
            $"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}/rows?metric=revenue&metric_time__day={day}&customer__region={Uri.EscapeDataString(region)}&limit=1000", Cancellation);

        var fact = Assert.Single(rows.GetProperty("facts").EnumerateArray());
        Assert.True(fact.GetProperty("is_whole").GetBoolean());
        Assert.Equal("sales.order_lines", fact.GetProperty("origin").GetString());
        var lines = fact.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(answer.GetProperty("rows")[0][2].GetDecimal(), lines.Sum(line => Amount(line.GetProperty("values").EnumerateObject().Single().Value)));
        var landing = new BlobContainerClient(platform.Landing, "landing");
        foreach (var file in lines.GroupBy(line => line.GetProperty("file").GetString()!))
        {
            var landed = (await landing.GetBlobClient(file.Key).DownloadContentAsync(Cancellation)).Value.Content.ToString().Split('\n');
            foreach (var line in file)
            {
                var text = landed[line.GetProperty("line").GetInt32() - 1];
                Assert.Contains(line.GetProperty("row").GetProperty("order_id").GetString()!, text, StringComparison.Ordinal);
                Assert.Contains(line.GetProperty("row").GetProperty("product_id").GetString()!, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Rows_OfAValueThatLooksBack_AreThoseOfItsWindow()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var answer = await api.GetFromJsonAsync<JsonElement>(
            "/api/v1/query?metrics=revenue_trailing_7_days&group_by=metric_time__day&order_by=-metric_time__day&limit=1", Cancellation);
        var day = answer.GetProperty("rows")[0][0].GetString()!;

        var rows = await api.GetFromJsonAsync<JsonElement>(
            $"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}/rows?metric=revenue_trailing_7_days&metric_time__day={day}&limit=1000", Cancellation);

        var fact = Assert.Single(rows.GetProperty("facts").EnumerateArray());
        var files = await new LandedFiles(platform.Landing).ReadAsync("sales", "order_lines", ["net_amount_eur"], Cancellation);
        Assert.Equal(files.Sum(line => decimal.Parse(line.Values[0], CultureInfo.InvariantCulture)), answer.GetProperty("rows")[0][1].GetDecimal());
        Assert.True(fact.GetProperty("is_whole").GetBoolean() is var whole && (!whole || fact.GetProperty("rows").GetArrayLength() == files.Count));
    }

    [Fact]
    public async Task Receipt_NamesRunModelsTestsAndEveryPartitionWithItsFilesAndControlTotals()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var answer = await api.GetFromJsonAsync<JsonElement>("/api/v1/query?metrics=revenue", Cancellation);

        var receipt = await api.GetFromJsonAsync<JsonElement>($"/api/v1/receipts/{answer.GetProperty("receipt").GetString()}", Cancellation);

        Assert.True(receipt.GetProperty("is_current").GetBoolean());
        Assert.Contains(
            "analytics.fct_order_lines", receipt.GetProperty("models").EnumerateArray().Where(model => model.GetProperty("code_sha256").ValueKind == JsonValueKind.String)
                .Select(model => model.GetProperty("relation").GetString()));
        Assert.Contains("pass", receipt.GetProperty("tests").EnumerateArray().Select(test => test.GetProperty("status").GetString()));
        Assert.Equal(64, receipt.GetProperty("metrics")[0].GetProperty("definition_sha256").GetString()!.Length);
        var landed = await new LandedFiles(platform.Landing).ReadAsync("sales", "order_lines", ["order_id"], Cancellation);
        var partitions = receipt.GetProperty("partitions").EnumerateArray()
            .Where(partition => partition.GetProperty("dataset").GetString() == "order_lines").ToArray();
        Assert.Equal(
            landed.GroupBy(line => line.Partition).OrderByDescending(day => day.Key, StringComparer.Ordinal).Select(day => (day.Key, (long)day.Count())),
            partitions.Select(partition => (
                partition.GetProperty("partition").GetString()!.Replace("-", "", StringComparison.Ordinal), partition.GetProperty("file_rows").GetInt64())));
        Assert.All(partitions, partition =>
        {
            Assert.Equal(64, partition.GetProperty("files")[0].GetProperty("sha256").GetString()!.Length);
            Assert.True(partition.GetProperty("control_sums").EnumerateObject().Any());
        });
    }

    private static decimal Amount(JsonElement value) => decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture);
}
