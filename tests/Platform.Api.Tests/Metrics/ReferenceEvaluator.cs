using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>Computes metrics the slow and obvious way, row by row over the sample's objects; knows nothing of SQL, joins or plans.</summary>
internal sealed class ReferenceEvaluator
{
    private readonly Dictionary<string, Fact> facts;
    private readonly Dictionary<string, (string Fact, Func<IReadOnlyList<Row>, decimal?> Aggregate)> simple;

    public ReferenceEvaluator(SampleData data)
    {
        var customers = data.Customers.ToDictionary(customer => customer.Id);
        var products = data.Products.ToDictionary(product => product.Id);
        var orders = data.Orders.ToDictionary(order => order.Id);
        Dictionary<string, string?> Customer(string? id)
        {
            var customer = id is null ? null : customers.GetValueOrDefault(id);
            return new() { ["customer"] = id, ["customer__region"] = customer?.Region, ["customer__segment"] = customer?.Segment };
        }

        Dictionary<string, string?> Order(string id)
        {
            var elements = Customer(orders[id].CustomerId);
            elements["order"] = id;
            elements["order__channel"] = orders[id].Channel;
            return elements;
        }

        facts = new()
        {
            ["lines"] = new([.. data.Lines.Select(line => new Row(
                line.Date,
                new(Order(line.OrderId))
                {
                    ["order__customer__region"] = Order(line.OrderId)["customer__region"],
                    ["product"] = line.ProductId,
                    ["product__category"] = products[line.ProductId].Category,
                    ["order_line__line_size"] = line.Quantity >= 3 ? "large" : "small",
                },
                line))]),
            ["orders"] = new([.. data.Orders.Select(order => new Row(Day(order.OrderedAt), Order(order.Id), order))]),
            ["returns"] = new([.. data.Returns.Select(item => new Row(item.Date, new(Order(item.OrderId)) { ["return__reason"] = item.Reason }, item))]),
            ["tickets"] = new([.. data.Tickets.Select(ticket => new Row(
                Day(ticket.OpenedAt), new(Customer(ticket.CustomerId)) { ["ticket__priority"] = ticket.Priority }, ticket))]),
        };
        facts["web_lines"] = new([.. facts["lines"].Rows.Where(row => row.Elements["order__channel"] == "web")]);
        simple = new()
        {
            ["revenue"] = ("lines", rows => rows.Count == 0 ? null : rows.Sum(row => ((Line)row.Source).Net)),
            ["units_sold"] = ("lines", rows => rows.Count == 0 ? null : rows.Sum(row => ((Line)row.Source).Quantity)),
            ["cogs"] = ("lines", rows => rows.Count == 0 ? null : rows.Sum(row => ((Line)row.Source).Quantity * ((Line)row.Source).UnitCost)),
            ["largest_line"] = ("lines", rows => rows.Max(row => (decimal?)((Line)row.Source).Net)),
            ["web_revenue"] = ("web_lines", rows => rows.Count == 0 ? null : rows.Sum(row => ((Line)row.Source).Net)),
            ["order_count"] = ("orders", rows => rows.Count),
            ["buyers"] = ("orders", rows => rows.Select(row => ((Order)row.Source).CustomerId).Distinct().Count()),
            ["refunds"] = ("returns", rows => rows.Count == 0 ? null : rows.Sum(row => ((Return)row.Source).Refund)),
            ["tickets_opened"] = ("tickets", rows => rows.Count),
            ["average_resolution_hours"] = ("tickets", rows => rows.Average(row => ((Ticket)row.Source).Hours)),
        };
        Metrics = [.. simple.Keys, "gross_margin", "average_order_value", "net_revenue"];
        Elements = [.. facts.Values.SelectMany(fact => fact.Elements).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Metrics { get; }

    public IReadOnlyList<string> Elements { get; }

    /// <summary>Values that occur in an element.</summary>
    public IReadOnlyList<string> Values(string element) =>
        [.. facts.Values.Where(fact => fact.Elements.Contains(element)).SelectMany(fact => fact.Rows).Select(row => row.Elements[element]).OfType<string>().Distinct()];

    /// <summary>Whether every fact behind the metric has the element.</summary>
    public bool Has(string metric, string element) => Inputs(metric).All(input => facts[simple[input].Fact].Elements.Contains(element));

    /// <summary>The answer's rows, keys then metrics, in no order.</summary>
    public List<(string?[] Keys, decimal?[] Values)> Evaluate(
        IReadOnlyList<string> metrics, IReadOnlyList<Func<Row, string?>> keys, Func<Row, bool?> where)
    {
        var inputs = metrics.SelectMany(Inputs).Distinct().ToArray();
        var groups = new Dictionary<string, (string?[] Keys, Dictionary<string, decimal?> Values)>();
        foreach (var input in inputs)
        {
            var (fact, aggregate) = simple[input];
            var rows = facts[fact].Rows.Where(row => where(row) == true).ToList();
            var grouped = keys.Count == 0
                ? [(Keys: Array.Empty<string?>(), Rows: rows)]
                : rows.GroupBy(row => string.Join('\u0001', keys.Select(key => key(row) ?? "\u0002")))
                    .Select(group => (Keys: keys.Select(key => key(group.First())).ToArray(), Rows: group.ToList()));
            foreach (var group in grouped)
            {
                var id = string.Join('\u0001', group.Keys.Select(key => key ?? "\u0002"));
                if (!groups.TryGetValue(id, out var found))
                {
                    groups[id] = found = (group.Keys, []);
                }

                found.Values[input] = aggregate(group.Rows);
            }
        }

        return [.. groups.Values.Select(group => (group.Keys, metrics.Select(metric => Value(metric, group.Values)).ToArray()))];
    }

    private static IEnumerable<string> Inputs(string metric) => metric switch
    {
        "gross_margin" => ["revenue", "cogs"],
        "average_order_value" => ["revenue", "order_count"],
        "net_revenue" => ["revenue", "refunds"],
        _ => [metric],
    };

    private static decimal? Value(string metric, Dictionary<string, decimal?> values)
    {
        decimal? Of(string input) => values.GetValueOrDefault(input);
        return metric switch
        {
            "gross_margin" => Ratio(Of("revenue") - Of("cogs"), Of("revenue")),
            "average_order_value" => Ratio(Of("revenue"), Of("order_count")),
            "net_revenue" => Of("revenue") - (Of("refunds") ?? 0),
            _ => Of(metric),
        };
    }

    private static decimal? Ratio(decimal? numerator, decimal? denominator) => denominator == 0 ? null : numerator / denominator;

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);

    /// <summary>A fact's row with everything that can be said of it.</summary>
    internal sealed record Row(DateOnly Day, Dictionary<string, string?> Elements, object Source);

    private sealed record Fact(IReadOnlyList<Row> Rows)
    {
        public HashSet<string> Elements { get; } = [.. Rows[0].Elements.Keys];
    }
}
