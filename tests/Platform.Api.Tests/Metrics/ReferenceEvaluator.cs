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
            elements["order__customer__region"] = elements["customer__region"];
            return elements;
        }

        facts = new()
        {
            ["lines"] = new([.. data.Lines.Select(line => new Row(
                line.Date,
                new(Order(line.OrderId))
                {
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

    /// <summary>Metrics of which a row counts on other days than its own.</summary>
    public IReadOnlyList<string> TimedMetrics { get; } =
        ["revenue_7d", "revenue_mtd", "revenue_to_date", "revenue_average_28d", "buyers_28d", "revenue_last_month", "revenue_week_ago"];

    /// <summary>The answer's rows: the period, the elements, the value.</summary>
    public List<(string?[] Keys, decimal? Value)> Timed(
        string metric, IReadOnlyList<string> elements, Func<DateOnly, DateOnly> cut, string grain, DateOnly? start, DateOnly? end, Func<Row, bool?> where)
    {
        var (fact, aggregate) = simple[Inputs(metric).Single()];
        var rows = facts[fact].Rows.Where(row => where(row) == true).ToList();
        return metric switch
        {
            "revenue_last_month" => Moved(day => day.AddMonths(1)),
            "revenue_week_ago" => Moved(day => day.AddDays(7)),
            _ => Windows(),
        };

        string?[] Keys(DateOnly period, Row row) => [period.ToString("O"), .. elements.Select(element => row.Elements[element])];

        List<(string?[], decimal?)> Moved(Func<DateOnly, DateOnly> move)
        {
            // A whole earlier period, unless the query ends within it.
            var last = Last(SampleData.To);
            var until = end < last ? end.Value : last;
            return [.. rows.Where(row => move(row.Day) is var day && !(day < start) && day <= until)
                .GroupBy(row => string.Join('\u0001', Keys(cut(move(row.Day)), row).Select(key => key ?? "\u0002")))
                .Select(group => (Keys(cut(move(group.First().Day)), group.First()), aggregate([.. group])))];
        }

        DateOnly Last(DateOnly day)
        {
            for (; cut(day.AddDays(1)) == cut(day); day = day.AddDays(1))
            {
            }

            return day;
        }

        List<(string?[], decimal?)> Windows()
        {
            var days = new List<(DateOnly Day, string?[] Keys, decimal? Value)>();
            var last = end < SampleData.To ? end.Value : SampleData.To;
            if (rows.Count == 0)
            {
                return [];
            }

            for (var day = start ?? rows.Min(row => row.Day); day <= last; day = day.AddDays(1))
            {
                days.AddRange(rows.Where(row => row.Day <= day && row.Day > Before(day))
                    .GroupBy(row => string.Join('\u0001', Keys(cut(day), row).Select(key => key ?? "\u0002")))
                    .Select(group => (day, Keys(cut(day), group.First()), aggregate([.. group]))));
            }

            return [.. days.GroupBy(value => string.Join('\u0001', value.Keys.Select(key => key ?? "\u0002"))).Select(group => (
                group.First().Keys,
                metric == "revenue_average_28d" && grain != "day" ? group.Average(value => value.Value)
                : metric == "revenue_7d" ? group.MinBy(value => value.Day).Value
                : group.MaxBy(value => value.Day).Value))];
        }

        DateOnly Before(DateOnly day) => metric switch
        {
            "revenue_7d" => day.AddDays(-7),
            "revenue_mtd" => new DateOnly(day.Year, day.Month, 1).AddDays(-1),
            "revenue_to_date" => DateOnly.MinValue,
            _ => day.AddDays(-28),
        };
    }

    private static IEnumerable<string> Inputs(string metric) => metric switch
    {
        "revenue_7d" or "revenue_mtd" or "revenue_to_date" or "revenue_average_28d" or "revenue_last_month" or "revenue_week_ago" => ["revenue"],
        "buyers_28d" => ["buyers"],
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
