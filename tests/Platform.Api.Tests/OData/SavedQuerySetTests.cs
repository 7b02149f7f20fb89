using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.OData.Edm;
using Microsoft.OData.Edm.Csdl;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.OData;

/// <summary>Saved queries as entity sets: the numbers are the metrics', whatever is asked around them, and each reader has its own rows only.</summary>
public sealed class SavedQuerySetTests(SampleApi sample, ITestOutputHelper output) : IClassFixture<SampleApi>
{
    private const string Set = "sales_by_month_and_region";
    private const int Seed = 4101;

    private const string Sales =
        """
        (select date_trunc('month', l.order_date)::date as month, c.region, sum(l.net_amount_eur) as revenue
         from analytics.fct_order_lines l left join analytics.fct_orders o using (order_id) left join analytics.dim_customer c using (customer_id) group by 1, 2) s
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Set_HasTheTypesOfTheDatabaseAndTheMetricsDescriptions()
    {
        var (_, service) = await sample.Server.GetAsync("/odata");
        Assert.Contains(Set, service.GetProperty("value").EnumerateArray().Select(set => set.GetProperty("name").GetString()));

        var text = await sample.Server.Client.GetStringAsync(new Uri("/odata/$metadata", UriKind.Relative), Token);
        Assert.True(CsdlReader.TryParse(XDocument.Parse(text).CreateReader(), out var model, out var errors), string.Join(' ', errors));
        var type = (IEdmEntityType)model.FindDeclaredType($"Platform.{Set}");
        Assert.Equal(
            ["metric_time__month Edm.Date", "customer__region Edm.String", "revenue Edm.Decimal", "order_count Edm.Decimal"],
            type.DeclaredProperties.Select(property => $"{property.Name} {property.Type.FullName()}"));
        Assert.Equal((null, 0), (type.FindProperty("revenue").Type.AsDecimal().Scale, type.FindProperty("order_count").Type.AsDecimal().Scale));
        Assert.Contains("[EUR]", text, StringComparison.Ordinal);
        Assert.Contains("Revenue and orders of each region by month", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_AreThoseOfTheSavedQuery()
    {
        var asked = await sample.Server.RowsAsync($"saved_query={Set}");
        var rows = (await RowsAsync(Set)).Select(row => row.EnumerateObject().Select(property => Text(property.Value)).ToArray());
        Assert.NotEmpty(asked);
        Assert.Equal(asked.Select(row => string.Join('|', row)).Order(StringComparer.Ordinal), rows.Select(row => string.Join('|', row)).Order(StringComparer.Ordinal));

        using var response = await sample.Server.Client.GetAsync(new Uri($"/odata/{Set}?$top=1", UriKind.Relative), Token);
        var (status, receipt) = await sample.Server.GetAsync($"/api/v1/receipts/{response.Headers.GetValues("X-Receipt").Single()}");
        Assert.True(status == 200, receipt.ToString());
    }

    [Theory]
    [InlineData("$filter=customer__region eq 'DACH' and metric_time__month ge 2026-01-01&$select=revenue&$orderby=metric_time__month", "select revenue from {0} where region = 'DACH' and month >= '2026-01-01' order by month")]
    [InlineData("$filter=customer__region eq null&$select=revenue&$orderby=revenue desc", "select revenue from {0} where region is null order by revenue desc")]
    [InlineData("$apply=groupby((customer__region),aggregate(revenue with sum as total))&$orderby=total desc&$select=total", "select sum(revenue) from {0} group by region order by 1 desc")]
    [InlineData("$apply=filter(revenue gt 1000)/aggregate(revenue with max as most)", "select max(revenue) from {0} where revenue > 1000")]
    [InlineData("$compute=revenue mul 2 as twice&$select=twice&$orderby=twice desc&$top=2&$skip=1", "select revenue * 2 from {0} order by 1 desc offset 1 limit 2")]
    public async Task Options_AreFoldedAroundTheMetrics(string options, string sql)
    {
        var expected = await sample.SqlAsync(string.Format(CultureInfo.InvariantCulture, sql, Sales));
        var rows = (await RowsAsync($"{Set}?{options}")).Select(row => Text(row.EnumerateObject().Last().Value));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(row => row[0]), rows);
    }

    [Fact]
    public async Task Pages_NeitherMissNorRepeatARow()
    {
        var whole = (await RowsAsync(Set)).Select(row => row.GetRawText()).ToArray();
        var (address, paged) = ((string?)$"/odata/{Set}", new List<string>());
        while (address is not null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add("Prefer", "maxpagesize=3");
            using var response = await sample.Server.Client.SendAsync(request, Token);
            var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
            paged.AddRange(page.GetProperty("value").EnumerateArray().Select(row => row.GetRawText()));
            address = page.TryGetProperty("@odata.nextLink", out var next) ? next.GetString() : null;
        }

        Assert.True(whole.Length > 6);
        Assert.Equal(whole, paged);
    }

    [Fact]
    public async Task Viewer_AndRestrictedReaders_HaveSavedQueriesOnly_EachItsOwn()
    {
        await using var server = Server();
        var viewer = await ReaderKeys.CreateAsync(sample.Database, "sets-viewer", role: "viewer");
        var dach = await ReaderKeys.CreateAsync(sample.Database, "sets-dach", rows: """{"customer__region": ["DACH"]}""");
        var other = await ReaderKeys.CreateAsync(sample.Database, "sets-other", metrics: ["revenue"]);
        var elsewhere = await ReaderKeys.CreateAsync(sample.Database, "sets-domain", domains: ["operations"]);
        var analyst = await ReaderKeys.CreateAsync(sample.Database, "sets-analyst");

        foreach (var (key, names) in ((string, string[])[])[(viewer, [Set]), (dach, [Set]), (other, []), (elsewhere, [])])
        {
            var (_, service) = await GetAsync(server, key, "/odata");
            Assert.Equal(names, service.GetProperty("value").EnumerateArray().Select(set => set.GetProperty("name").GetString()));
            var metadata = await TextAsync(server, key, "/odata/$metadata");
            Assert.DoesNotContain("fct_orders", metadata, StringComparison.Ordinal);
            Assert.DoesNotContain("net_amount_eur", metadata, StringComparison.Ordinal);
            Assert.Equal(names.Length > 0, metadata.Contains(Set, StringComparison.Ordinal));
            Assert.Equal(names.Length > 0 ? 200 : 403, (await GetAsync(server, key, $"/odata/{Set}")).Status);
            foreach (var path in (string[])["fct_orders", "FCT_Orders?$top=1", "dim_customer?$apply=groupby((region))", "fct_orders/$count", "fct_orders('O1')", "fct_orders('O1')/customer"])
            {
                Assert.Equal(403, (await GetAsync(server, key, $"/odata/{path}")).Status);
            }

            Assert.Equal(404, (await GetAsync(server, key, "/connect/fct_orders.odc")).Status);
        }

        Assert.Equal(200, (await GetAsync(server, analyst, "/odata/fct_orders?$top=1")).Status);
        var (_, all) = await GetAsync(server, analyst, $"/odata/{Set}/$count");
        var (_, own) = await GetAsync(server, dach, $"/odata/{Set}/$count");
        Assert.True(own.GetInt32() < all.GetInt32());
        var expected = await sample.SqlAsync($"select revenue from {Sales} where region = 'DACH' order by month");
        var (_, rows) = await GetAsync(server, dach, $"/odata/{Set}?$orderby=metric_time__month");
        Assert.Equal(expected.Select(row => row[0]), rows.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("revenue").GetRawText()));
    }

    /// <summary>Sums over everything tell of rows that are not shown, so they are compared as well.</summary>
    [Fact]
    public async Task Options_OfRandomPieces_NeverGetRoundARowRule()
    {
        output.WriteLine($"seed {Seed}");
        await using var server = Server();
        var dach = await ReaderKeys.CreateAsync(sample.Database, "sets-fuzz", rows: """{"customer__region": ["DACH"]}""");
        string[] filters =
        [
            "customer__region ne 'DACH'", "customer__region eq null", "not (customer__region eq 'DACH')", "true", "1 eq 1 or customer__region eq 'DACH'", "contains(customer__region,'o')",
            "customer__region in ('Nordics','Benelux',null)", "revenue gt 0 or revenue lt 0 or revenue eq null", "$it/customer__region ne 'DACH'", "$root/dim_customer('C1')/region eq 'Nordics'",
        ];
        string[] applies =
        [
            "groupby((customer__region))", "groupby((customer__region),aggregate(revenue with sum as total))", "aggregate(revenue with sum as total)", "filter(customer__region ne 'DACH')",
            "compute(tolower(customer__region) as customer__region2)", "concat(identity,identity)", "identity",
        ];
        var total = decimal.Parse((await sample.SqlAsync($"select sum(revenue) from {Sales} where region = 'DACH'"))[0][0]!, CultureInfo.InvariantCulture);
        var random = new Random(Seed);
        var (answered, rows) = (0, 0);
        for (var number = 0; number < 400; number++)
        {
            var address = new StringBuilder($"/odata/{Set}?");
            for (var options = random.Next(1, 4); options > 0; options--)
            {
                address.Append(random.Next(7) switch
                {
                    0 or 1 => $"$filter={Uri.EscapeDataString(Pick(filters))}&",
                    2 => $"$apply={Uri.EscapeDataString(string.Join('/', Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(applies))))}&",
                    3 => "$orderby=customer__region desc&",
                    4 => $"$select={Pick(["customer__region", "revenue", "*", "customer__region,order_count"])}&",
                    5 => $"$expand={Pick(["customer", "*", "fct_orders"])}&",
                    _ => $"{Pick(["$count=true", "$skip=1", "$top=500", "$compute=customer__region as r", "$skiptoken=x", "saved_query=x", "where=1=1"])}&",
                });
            }

            var (status, body) = await GetAsync(server, dach, address.ToString().TrimEnd('&'));
            Assert.True(status is 200 or 400 or 403 or 404 or 501, $"{address}: {status} {body}");
            if (status != 200)
            {
                continue;
            }

            answered++;
            foreach (var row in body.GetProperty("value").EnumerateArray())
            {
                rows++;
                foreach (var property in row.EnumerateObject())
                {
                    Assert.True(
                        property.Name is not ("customer__region" or "r" or "customer__region2") || Text(property.Value)?.ToUpperInvariant() == "DACH", $"{address}: {body}");
                    Assert.True(
                        property.Name is not ("revenue" or "total") || property.Value.ValueKind == JsonValueKind.Null || property.Value.GetDecimal() <= total, $"{address}: {body}");
                }
            }
        }

        Assert.True(answered > 100 && rows > 100, $"{answered} answers, {rows} rows");

        T Pick<T>(T[] from) => from[random.Next(from.Length)];
    }

    private ApiServer Server() => new(
        SampleDatabase.ApiConnectionString(sample.Database), environment: "Production", settings: new() { ["Access:KeyAge"] = "00:00:00.001", ["Access:RequestsPerMinute"] = "100000" });

    private static async Task<(int Status, JsonElement Body)> GetAsync(ApiServer server, string key, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("X-Api-Key", key);
        using var response = await server.Client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return ((int)response.StatusCode, text.Length > 0 && text[0] is '{' or (>= '0' and <= '9') ? JsonDocument.Parse(text).RootElement : default);
    }

    private static async Task<string> TextAsync(ApiServer server, string key, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("X-Api-Key", key);
        using var response = await server.Client.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<JsonElement[]> RowsAsync(string address)
    {
        var (status, page) = await sample.Server.GetAsync($"/odata/{address}");
        Assert.True(status == 200, $"{address}: {page}");
        return [.. page.GetProperty("value").EnumerateArray()];
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
