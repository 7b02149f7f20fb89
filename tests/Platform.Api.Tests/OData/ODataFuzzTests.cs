using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.OData;

/// <summary>Seeded random requests: sound filters agree with a reference evaluator, unsound ones are refused in OData's words, none is a 500.</summary>
public sealed class ODataFuzzTests(SampleApi sample, ITestOutputHelper output) : IClassFixture<SampleApi>
{
    private const int Seed = 4001;
    private const int Filters = 400;
    private const int Broken = 2_000;

    private static readonly string[] Pieces =
    [
        "fct_orders", "fct_stock", "fct_order_lines", "?", "&", "$filter=", "$orderby=", "$select=", "$expand=", "$apply=", "$top=", "$skip=", "$count=true", "$skiptoken=",
        "$compute=", "$search=", "$format=", "$metadata", "$count", "/", "(", ")", "'", ",", " ", "%20", "%00", "%ff", "%27", ";", "channel", "customer", "customer/region",
        "ordered_at", "net_amount_eur", "quantity", "eq", "ne", "gt", "and", "or", "not", "in", "null", "true", "1", "-1", "99999999999999999999", "1.5", "1e400", "'web'", "2026-01-01",
        "2026-01-01T00:00:00Z", "duration'P1D'", "contains(channel,'e')", "year(ordered_at)", "groupby((channel))", "aggregate($count as n)", "aggregate(quantity with sum as s)",
        "compute(quantity mul 2 as q)", "filter(quantity gt 1)", "with", "as", "sum", "n", "s", "q", "desc", "*", "any(x:x eq 1)", "cast(quantity,Edm.String)", "geo.distance(a,b)", "$it", "$root",
        "@p", "@p=1", "{", "}", "[", "]", "\"", "\\", "ä", "+", "-", "=", "#", "substring(channel,-1,-5)", "matchesPattern(channel,'[')", "now()", "div 0", "has", "$levels=max", "$batch",
    ];

    [Fact]
    public async Task Filter_OfRandomShape_FindsWhatTheReferenceFinds()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var found = 0;
        for (var number = 0; number < Filters; number++)
        {
            var (text, predicate) = Condition(random, 3);
            var (status, page) = await sample.Server.GetAsync($"/odata/fct_tickets?$select=ticket_id&$filter={Uri.EscapeDataString(text)}");
            Assert.True(status == 200, $"{text}: {page}");
            var expected = sample.Data.Tickets.Where(ticket => predicate(ticket) == true).Select(ticket => ticket.Id).Order(StringComparer.Ordinal).ToArray();
            var actual = page.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("ticket_id").GetString()!).Order(StringComparer.Ordinal).ToArray();
            Assert.True(expected.SequenceEqual(actual), $"{text}: {string.Join(' ', actual)} and not {string.Join(' ', expected)}");
            found += actual.Length;
        }

        Assert.True(found > Filters, "Hardly any filter found a row.");
    }

    [Fact]
    public async Task Request_OfRandomPieces_IsNeverA500()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var statuses = new Dictionary<int, int>();
        for (var number = 0; number < Broken; number++)
        {
            var text = new StringBuilder(random.Next(4) == 0 ? "" : "fct_orders?");
            for (var pieces = random.Next(1, 9); pieces > 0; pieces--)
            {
                text.Append(Pieces[random.Next(Pieces.Length)]);
            }

            if (!Uri.TryCreate($"/odata/{text}", UriKind.Relative, out var address) || text.ToString().Contains('\\', StringComparison.Ordinal))
            {
                continue;
            }

            using var response = await sample.Server.Client.GetAsync(address, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var status = (int)response.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.True(status is 200 or 204 or 400 or 404 or 406 or 501, $"{text}: {status} {body}");
            if (status is 400 or 501 && body.Length > 0)
            {
                Assert.NotEmpty(JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("message").GetString()!);
            }
        }

        output.WriteLine(string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(statuses.GetValueOrDefault(200) > 20 && statuses.GetValueOrDefault(400) > 100, "The pieces make too few requests of either kind.");
    }

    [Theory]
    [InlineData(300)]
    [InlineData(5_000)]
    public async Task Filter_OfGreatDepth_IsAnsweredOrRefused(int depth)
    {
        var filter = string.Concat(Enumerable.Repeat("not(", depth)) + "priority eq 'high'" + new string(')', depth);
        using var response = await sample.Server.Client.GetAsync(new Uri($"/odata/fct_tickets?$filter={filter}&$select=ticket_id", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode is 200 or 400 or 414, $"{response.StatusCode}");
    }

    /// <summary>A condition as OData writes it, and what it is of a ticket: true, false or null.</summary>
    private static (string Text, Func<Ticket, bool?> Value) Condition(Random random, int depth)
    {
        if (depth > 0 && random.Next(3) > 0)
        {
            var (left, leftValue) = Condition(random, depth - 1);
            if (random.Next(4) == 0)
            {
                return ($"not ({left})", ticket => !leftValue(ticket));
            }

            var (right, rightValue) = Condition(random, depth - 1);
            return random.Next(2) == 0
                ? ($"({left}) and ({right})", ticket => And(leftValue(ticket), rightValue(ticket)))
                : ($"({left}) or ({right})", ticket => !And(!leftValue(ticket), !rightValue(ticket)));
        }

        var hours = Math.Round((decimal)(random.NextDouble() * 100), 2);
        var number = hours.ToString(CultureInfo.InvariantCulture);
        var customer = $"C{random.Next(1, 13)}";
        var day = SampleData.From.AddDays(random.Next(90));
        return random.Next(9) switch
        {
            0 => ($"resolution_hours gt {number}", ticket => ticket.Hours > hours),
            1 => ($"{number} ge resolution_hours", ticket => hours >= ticket.Hours),
            2 => ("resolution_hours eq null", ticket => ticket.Hours is null),
            3 => ($"customer_id ne '{customer}'", ticket => ticket.CustomerId != customer),
            4 => ($"customer_id eq '{customer}'", ticket => ticket.CustomerId == customer),
            5 => ($"startswith(customer_id,'{customer[..2]}')", ticket => ticket.CustomerId?.StartsWith(customer[..2], StringComparison.Ordinal)),
            6 => ($"date(opened_at) lt {day:yyyy-MM-dd}", ticket => DateOnly.FromDateTime(ticket.OpenedAt.UtcDateTime) < day),
            7 => ($"customer_id in ('{customer}','C2',null)", ticket => ticket.CustomerId == customer || ticket.CustomerId is "C2" or null),
            _ => ($"priority eq 'high'", ticket => ticket.Priority == "high"),
        };

        static bool? And(bool? left, bool? right) => left & right;
    }
}
