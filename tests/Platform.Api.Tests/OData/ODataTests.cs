using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.OData.Edm;
using Microsoft.OData.Edm.Csdl;
using Microsoft.OData.Edm.Validation;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.OData;

/// <summary>OData over the sample's marts; expected rows are computed from the sample's own data.</summary>
public sealed class ODataTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Fact]
    public async Task Service_ListsEveryMartAndSavedQuery()
    {
        var (status, service) = await GetAsync("");
        Assert.Equal(200, status);
        Assert.EndsWith("/odata/$metadata", service.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["dim_customer", "dim_customer_history", "dim_product", "fct_order_lines", "fct_orders", "fct_returns", "fct_stock", "fct_tickets",
                "sales_by_month_and_region"],
            service.GetProperty("value").EnumerateArray().Select(set => set.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Metadata_IsReadByALibraryAndHasExactTypesKeysAndNavigations()
    {
        var text = await sample.Server.Client.GetStringAsync(new Uri("/odata/$metadata", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(CsdlReader.TryParse(XDocument.Parse(text).CreateReader(), out var model, out var errors), string.Join(' ', errors));
        model.Validate(out errors);

        // A mart in which no column tells rows apart has no key; everything else is as the library wants it.
        Assert.DoesNotContain(errors, error => error.ErrorCode is not EdmErrorCode.NavigationSourceTypeHasNoKeys);
        var lines = (IEdmEntityType)model.FindDeclaredType("Platform.fct_order_lines");
        Assert.Equal(["order_id", "line_number"], lines.DeclaredKey.Select(key => key.Name));
        var amount = lines.FindProperty("net_amount_eur").Type.AsDecimal();
        Assert.Equal((18, 2, false), (amount.Precision, amount.Scale, amount.IsNullable));
        Assert.Equal("Edm.Date", lines.FindProperty("order_date").Type.FullName());
        var orders = (IEdmEntityType)model.FindDeclaredType("Platform.fct_orders");
        Assert.Equal("Edm.DateTimeOffset", orders.FindProperty("ordered_at").Type.FullName());
        Assert.Equal(["customer"], orders.NavigationProperties().Select(navigation => navigation.Name));
        Assert.Equal(["order", "product"], lines.NavigationProperties().Select(navigation => navigation.Name).Order());
        Assert.Empty(((IEdmEntityType)model.FindDeclaredType("Platform.fct_stock")).Key());

        var json = await sample.Server.Client.GetStringAsync(new Uri("/odata/$metadata?$format=application/json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("Platform.Marts", JsonDocument.Parse(json).RootElement.GetProperty("$EntityContainer").GetString());
    }

    [Fact]
    public async Task Rows_HaveExactNumbersDatesAndTimes()
    {
        var (_, page) = await GetAsync("fct_order_lines?$top=1&$orderby=order_date desc,order_id,line_number");
        var line = sample.Data.Lines.OrderByDescending(line => line.Date).ThenBy(line => line.OrderId, StringComparer.Ordinal).ThenBy(line => line.Number).First();
        Assert.Equal(
            $$"""{"order_id":"{{line.OrderId}}","line_number":{{line.Number}},"product_id":"{{line.ProductId}}","order_date":"{{line.Date:yyyy-MM-dd}}","quantity":{{line.Quantity}},"net_amount_eur":{{line.Net.ToString("F2", CultureInfo.InvariantCulture)}},"unit_cost":{{line.UnitCost.ToString("F2", CultureInfo.InvariantCulture)}}}""",
            page.GetProperty("value")[0].GetRawText());
        Assert.EndsWith("$metadata#fct_order_lines", page.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);

        var (_, order) = await GetAsync("fct_orders('O1')");
        Assert.Equal(sample.Data.Orders[0].OrderedAt.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture), order.GetProperty("ordered_at").GetString());
        Assert.EndsWith("$metadata#fct_orders/$entity", order.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_FindsWhatLinqFinds()
    {
        await SameAsync("channel eq 'web'", order => order.Channel == "web");
        await SameAsync("not (channel eq 'web') and is_first", order => order.Channel != "web" && order.IsFirst);
        await SameAsync("channel in ('web','store') or startswith(customer_id,'C1')", order => order.Channel is "web" or "store" || order.CustomerId.StartsWith("C1", StringComparison.Ordinal));
        await SameAsync("contains(channel,'ar') and endswith(customer_id,'2')", order => order.Channel.Contains("ar", StringComparison.Ordinal) && order.CustomerId.EndsWith('2'));
        await SameAsync("ordered_at ge 2026-01-15T12:30:00Z and ordered_at lt 2026-02-01", order =>
            order.OrderedAt >= new DateTimeOffset(2026, 1, 15, 12, 30, 0, TimeSpan.Zero) && order.OrderedAt < new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
        await SameAsync("year(ordered_at) eq 2025 and month(ordered_at) eq 12 and hour(ordered_at) ge 18", order => order.OrderedAt is { Year: 2025, Month: 12, Hour: >= 18 });
        await SameAsync("date(ordered_at) eq 2026-01-02", order => order.OrderedAt.Date == new DateTime(2026, 1, 2));
        await SameAsync("length(order_id) eq 2 and substring(order_id,1) eq '7' or indexof(order_id,'9') eq 1", order =>
            (order.Id.Length == 2 && order.Id[1..] == "7") || order.Id.IndexOf('9', StringComparison.Ordinal) == 1);
        await SameAsync("tolower(concat(channel,customer_id)) eq 'webc2'", order => $"{order.Channel}{order.CustomerId}" == "webC2");
        await SameAsync("is_first eq false", order => !order.IsFirst);
        await SameAsync("(channel eq 'web') eq is_first", order => (order.Channel == "web") == order.IsFirst);
    }

    /// <summary>Null is a value to eq and ne, and not less or greater than anything (OData part 2, 5.1.1.1).</summary>
    [Fact]
    public async Task Filter_KnowsNull()
    {
        await CountAsync("dim_customer", "region eq null", sample.Data.Customers.Count(customer => customer.Region is null));
        await CountAsync("dim_customer", "region ne 'DACH'", sample.Data.Customers.Count(customer => customer.Region != "DACH"));
        await CountAsync("dim_customer", "not (region eq 'DACH')", sample.Data.Customers.Count(customer => customer.Region != "DACH"));
        await CountAsync("dim_customer", "not (region gt 'B')", sample.Data.Customers.Count(customer => !(string.CompareOrdinal(customer.Region, "B") > 0)));
        await CountAsync("dim_customer", "region in ('DACH',null)", sample.Data.Customers.Count(customer => customer.Region is null or "DACH"));
        await CountAsync("fct_tickets", "resolution_hours ne 5 and customer_id eq null", sample.Data.Tickets.Count(ticket => ticket.Hours != 5 && ticket.CustomerId is null));
        await CountAsync("fct_tickets", "resolution_hours mul 2 gt 50.5", sample.Data.Tickets.Count(ticket => ticket.Hours * 2 > 50.5m));
        await CountAsync("fct_tickets", "customer eq null", sample.Data.Tickets.Count(ticket => ticket.CustomerId is null));
    }

    [Fact]
    public async Task Navigation_IsJoinedInFilterOrderExpandAndPath()
    {
        var customers = sample.Data.Customers.ToDictionary(customer => customer.Id);
        Customer? Of(Order order) => customers.GetValueOrDefault(order.CustomerId);
        await SameAsync("customer/region eq 'Nordics'", order => Of(order)?.Region == "Nordics");
        await SameAsync("customer eq null", order => Of(order) is null);
        await CountAsync("fct_order_lines", "order/customer/segment eq 'enterprise'", sample.Data.Lines.Count(line =>
            Of(sample.Data.Orders.Single(order => order.Id == line.OrderId))?.Segment == "enterprise"));

        var (_, page) = await GetAsync("fct_orders?$select=order_id&$expand=customer($select=region)&$orderby=customer/region desc,order_id");
        Assert.EndsWith("#fct_orders(order_id,customer(region))", page.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
        var expected = sample.Data.Orders.OrderBy(order => Of(order)?.Region is null).ThenByDescending(order => Of(order)?.Region, StringComparer.Ordinal)
            .ThenBy(order => order.Id, StringComparer.Ordinal)
            .Select(order => $$"""{"order_id":"{{order.Id}}","customer":{{(Of(order) is { } customer ? JsonSerializer.Serialize(new { region = customer.Region }, Relaxed) : "null")}}}""");
        Assert.Equal(expected.Order(), page.GetProperty("value").EnumerateArray().Select(row => row.GetRawText()).Order());

        var known = sample.Data.Orders.First(order => Of(order) is not null);
        var (_, customer) = await GetAsync($"fct_orders('{known.Id}')/customer?$select=segment");
        Assert.Equal(Of(known)!.Segment, customer.GetProperty("segment").GetString());
        var (_, property) = await GetAsync($"fct_orders('{known.Id}')/channel");
        Assert.Equal(known.Channel, property.GetProperty("value").GetString());
        Assert.EndsWith($"$metadata#fct_orders('{known.Id}')/channel", property.GetProperty("@odata.context").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_FollowedByTheirLinks_AreAllRowsOnce()
    {
        foreach (var (set, order, count) in new[]
        {
            ("fct_orders", "", sample.Data.Orders.Count), ("fct_orders", "&$orderby=customer/region desc,channel", sample.Data.Orders.Count),
            ("fct_tickets", "&$orderby=resolution_hours", sample.Data.Tickets.Count), ("fct_tickets", "&$orderby=resolution_hours desc,customer_id desc", sample.Data.Tickets.Count),
            ("fct_order_lines", "&$orderby=net_amount_eur div 7", sample.Data.Lines.Count), ("fct_stock", "", sample.Data.Stock.Count), ("fct_orders", "&$top=50&$skip=3", 50),
        })
        {
            var whole = await RowsAsync($"{set}?$count=false{order}");
            var (paged, address) = (new List<string>(), (string?)$"/odata/{set}?$count=true{order}");
            while (address is not null)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Add("Prefer", "odata.maxpagesize=17");
                using var response = await sample.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
                using var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                Assert.True(response.IsSuccessStatusCode, page.RootElement.ToString());
                var rows = page.RootElement.GetProperty("value").EnumerateArray().Select(row => row.GetRawText()).ToArray();
                Assert.InRange(rows.Length, 1, 17);
                paged.AddRange(rows);
                address = page.RootElement.TryGetProperty("@odata.nextLink", out var next) ? next.GetString() : null;
                Assert.Equal(order.Contains("$top", StringComparison.Ordinal) ? sample.Data.Orders.Count : count, page.RootElement.GetProperty("@odata.count").GetInt32());
            }

            Assert.Equal(count, paged.Count);
            Assert.Equal(whole, paged);
        }
    }

    [Fact]
    public async Task Apply_GroupsAndAggregatesInTheDatabase()
    {
        var rows = await RowsAsync("fct_order_lines?$apply=filter(quantity gt 1)/groupby((product/category),aggregate(net_amount_eur with sum as total,$count as n,quantity with max as most))&$orderby=total desc");
        var products = sample.Data.Products.ToDictionary(product => product.Id, product => product.Category);
        var expected = sample.Data.Lines.Where(line => line.Quantity > 1).GroupBy(line => products[line.ProductId]).OrderByDescending(group => group.Sum(line => line.Net))
            .Select(group => $$"""{"product":{"category":"{{group.Key}}"},"total@odata.type":"#Decimal","total":{{group.Sum(line => line.Net).ToString("F2", CultureInfo.InvariantCulture)}},"n@odata.type":"#Int64","n":{{group.Count()}},"most@odata.type":"#Int32","most":{{group.Max(line => line.Quantity)}}}""");
        Assert.Equal(expected, rows);

        rows = await RowsAsync("fct_orders?$apply=groupby((channel),aggregate($count as n,customer_id with countdistinct as buyers))/filter(n gt 10)&$filter=buyers gt 2&$orderby=channel&$select=channel,n");
        Assert.Equal(
            sample.Data.Orders.GroupBy(order => order.Channel).Where(group => group.Count() > 10 && group.Select(order => order.CustomerId).Distinct().Count() > 2)
                .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $$"""{"channel":"{{group.Key}}","n@odata.type":"#Int64","n":{{group.Count()}}}"""),
            rows);

        // What was aggregated keeps its type when it is aggregated again.
        rows = await RowsAsync("fct_order_lines?$apply=groupby((order_id),aggregate(quantity with sum as units,$count as n))/aggregate(units with max as most,n with sum as total,n with average as mean)");
        var perOrder = sample.Data.Lines.GroupBy(line => line.OrderId).Select(group => (Units: group.Sum(line => line.Quantity), Lines: group.Count())).ToArray();
        var answer = JsonDocument.Parse(rows.Single()).RootElement;
        Assert.Equal(
            (perOrder.Max(order => order.Units), sample.Data.Lines.Count),
            (answer.GetProperty("most").GetInt32(), answer.GetProperty("total").GetInt32()));
        Assert.Equal(perOrder.Average(order => (decimal)order.Lines), answer.GetProperty("mean").GetDecimal(), 9);

        rows = await RowsAsync("fct_orders?$apply=compute(year(ordered_at) as y)/groupby((y))&$orderby=y");
        Assert.Equal(["""{"y@odata.type":"#Int32","y":2025}""", """{"y@odata.type":"#Int32","y":2026}"""], rows);
        rows = await RowsAsync("fct_order_lines?$compute=net_amount_eur mul 2 as twice&$filter=twice gt 100&$select=twice&$orderby=twice&$top=1");
        Assert.Equal($$"""{"twice@odata.type":"#Decimal","twice":{{sample.Data.Lines.Select(line => line.Net * 2).Where(net => net > 100).Min().ToString("F2", CultureInfo.InvariantCulture)}}}""", rows.Single());
    }

    [Fact]
    public async Task Count_IsPlainText()
    {
        using var response = await sample.Server.Client.GetAsync(new Uri("/odata/fct_orders/$count?$filter=channel eq 'web'", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(sample.Data.Orders.Count(order => order.Channel == "web").ToString(CultureInfo.InvariantCulture), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The headers that Power Query sends, and strings for numbers to a reader that has no exact ones.</summary>
    [Fact]
    public async Task Negotiation_FollowsTheReader()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/odata/fct_order_lines?$top=1");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,*/*;q=0.7");
        request.Headers.Add("OData-MaxVersion", "4.0");
        request.Headers.Add("MaxDataServiceVersion", "3.0");
        using var response = await sample.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("4.0", response.Headers.GetValues("OData-Version").Single());
        Assert.Contains("odata.metadata=minimal", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);

        var (_, strings) = await GetAsync("fct_order_lines?$top=1&$format=application/json;IEEE754Compatible=true;odata.metadata=none");
        Assert.Equal(JsonValueKind.String, strings.GetProperty("value")[0].GetProperty("net_amount_eur").ValueKind);
        Assert.Equal(JsonValueKind.Number, strings.GetProperty("value")[0].GetProperty("quantity").ValueKind);
        Assert.False(strings.TryGetProperty("@odata.context", out _));
        var (status, _) = await GetAsync("fct_order_lines?top=1&filter=QUANTITY gt 1");
        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("fct_ordrs", 404, "Did you mean 'fct_orders'")]
    [InlineData("fct_orders?$filter=chanel eq 'web'", 400, "Did you mean 'channel'")]
    [InlineData("fct_orders?$filter=channel eq", 400, "position")]
    [InlineData("fct_orders?$filter=channel gt 5", 400, "incompatible types")]
    [InlineData("fct_orders?$filter=length(channel)", 400, "Boolean")]
    [InlineData("fct_orders?$orderby=nothing", 400, "nothing")]
    [InlineData("fct_orders?$top=-1", 400, "-1")]
    [InlineData("fct_orders?$top=many", 400, "many")]
    [InlineData("fct_orders?$skip=x", 400, "x")]
    [InlineData("fct_orders?$fliter=channel eq 'web'", 400, "$fliter")]
    [InlineData("fct_orders?$select=nothing", 400, "nothing")]
    [InlineData("fct_orders?$expand=channel", 400, "channel")]
    [InlineData("fct_orders?$apply=topcount(2,order_id)", 400, "expected at position 0")]
    [InlineData("fct_orders?$apply=aggregate(channel with sum as x)", 400, "sum")]
    [InlineData("fct_orders?$skiptoken=abc", 400, "nextLink")]
    [InlineData("fct_orders?$search=web", 501, "$filter")]
    [InlineData("fct_orders?$filter=1 div 0 gt 1", 400, "division by zero")]
    [InlineData("fct_orders?$filter=matchesPattern(channel,'(')", 400, "parentheses")]
    [InlineData("fct_orders?$format=xml", 400, "json")]
    [InlineData("fct_orders('nowhere')", 404, "no such row")]
    [InlineData("fct_orders('O1')?$top=1", 400, "One row")]
    [InlineData("fct_stock('x')", 400, "key")]
    public async Task BadRequest_IsToldInODatasWords(string address, int expected, string part)
    {
        var (status, body) = await GetAsync(address);
        Assert.True(status == expected, $"{status}: {body}");
        Assert.Contains(part, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(body.GetProperty("error").GetProperty("code").GetString()!);
    }

    [Fact]
    public async Task NextLink_AfterAPublish_Is410()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database), settings: new() { ["OData:PageSize"] = "10" });
        var (_, page) = await server.GetAsync("/odata/fct_orders");
        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        var (status, error) = await server.GetAsync(new Uri(page.GetProperty("@odata.nextLink").GetString()!).PathAndQuery);
        Assert.Equal(410, status);
        Assert.Equal("data-changed", error.GetProperty("error").GetProperty("code").GetString());
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task SameAsync(string filter, Func<Order, bool> predicate)
    {
        var rows = await RowsAsync($"fct_orders?$select=order_id&$filter={Uri.EscapeDataString(filter)}");
        Assert.Equal(
            sample.Data.Orders.Where(predicate).Select(order => $$"""{"order_id":"{{order.Id}}"}""").Order(StringComparer.Ordinal),
            rows.Order(StringComparer.Ordinal));
    }

    private async Task CountAsync(string set, string filter, int expected)
    {
        var (status, page) = await GetAsync($"{set}?$top=0&$count=true&$filter={Uri.EscapeDataString(filter)}");
        Assert.True(status == 200, $"{filter}: {page}");
        Assert.True(page.GetProperty("@odata.count").GetInt32() == expected, $"{filter}: {page.GetProperty("@odata.count")} and not {expected}");
        Assert.Equal(0, page.GetProperty("value").GetArrayLength());
    }

    private async Task<string[]> RowsAsync(string address)
    {
        var (status, page) = await GetAsync(address);
        Assert.True(status == 200, $"{address}: {page}");
        return [.. page.GetProperty("value").EnumerateArray().Select(row => row.GetRawText())];
    }

    private Task<(int Status, JsonElement Body)> GetAsync(string address) => sample.Server.GetAsync($"/odata/{address}");
}
