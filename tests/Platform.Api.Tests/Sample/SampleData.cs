namespace Platform.Api.Tests.Sample;

/// <summary>A small business, the same for every seed: what the tests put into the warehouse and compute expected numbers from.</summary>
internal sealed record SampleData(
    IReadOnlyList<Customer> Customers,
    IReadOnlyList<Product> Products,
    IReadOnlyList<Order> Orders,
    IReadOnlyList<Line> Lines,
    IReadOnlyList<Return> Returns,
    IReadOnlyList<Ticket> Tickets,
    IReadOnlyList<Stock> Stock)
{
    public static readonly DateOnly From = new(2025, 11, 15);
    public static readonly DateOnly To = new(2026, 2, 20);

    private static readonly string?[] Regions = ["DACH", "Nordics", "Benelux", "O'Brien \"Ltd\", 50%", null];
    private static readonly string[] Channels = ["web", "store", "marketplace"];

    /// <summary>Some customers have no region, some orders no customer, some days no orders, tickets neither customer nor hours.</summary>
    public static SampleData Create(int seed)
    {
        var random = new Random(seed);
        var customers = Enumerable.Range(1, 12)
            .Select(n => new Customer($"C{n}", Regions[n % Regions.Length], n % 3 == 0 ? "enterprise" : "consumer", From.AddDays(-n * 10))).ToList();
        var products = Enumerable.Range(1, 6).Select(n => new Product($"P{n}", n % 2 == 0 ? "Tools" : "Garden")).ToList();
        var (orders, lines, returns) = (new List<Order>(), new List<Line>(), new List<Return>());
        var (tickets, stock) = (new List<Ticket>(), new List<Stock>());
        for (var day = From; day <= To; day = day.AddDays(1))
        {
            var midnight = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            for (var n = day.DayNumber % 11 == 0 ? 0 : random.Next(1, 6); n > 0; n--)
            {
                var order = new Order(
                    $"O{orders.Count + 1}", $"C{random.Next(1, 14)}", Channels[random.Next(3)], midnight.AddSeconds(random.Next(86_400)), random.Next(4) == 0);
                orders.Add(order);
                for (var line = random.Next(1, 4); line > 0; line--)
                {
                    lines.Add(new Line(
                        order.Id, line, $"P{random.Next(1, 7)}", day, random.Next(1, 6), random.Next(100, 99_999) / 100m, random.Next(50, 9_999) / 100m));
                }

                if (random.Next(6) == 0 && day.AddDays(9) <= To)
                {
                    returns.Add(new Return(
                        $"R{returns.Count + 1}", order.Id, day.AddDays(random.Next(1, 9)), random.Next(2) == 0 ? "late" : "damaged", random.Next(100, 9_999) / 100m));
                }
            }

            if (random.Next(3) == 0)
            {
                tickets.Add(new Ticket(
                    $"T{tickets.Count + 1}",
                    random.Next(5) == 0 ? null : $"C{random.Next(1, 13)}",
                    midnight.AddSeconds(random.Next(86_400)),
                    random.Next(2) == 0 ? "high" : "low",
                    random.Next(4) == 0 ? null : random.Next(1, 9_999) / 100m));
            }

            // A product that is not counted on some days: its level is that of its last count.
            stock.AddRange(products.Where(product => (day.DayNumber + product.Id[1]) % 5 != 0)
                .Select(product => new Stock(day, product.Id, random.Next(2) == 0 ? "north" : "south", random.Next(100))));
        }

        return new SampleData(customers, products, orders, lines, returns, tickets, stock);
    }
}

internal sealed record Customer(string Id, string? Region, string Segment, DateOnly Created);

internal sealed record Product(string Id, string Category);

internal sealed record Order(string Id, string CustomerId, string Channel, DateTimeOffset OrderedAt, bool IsFirst);

internal sealed record Line(string OrderId, int Number, string ProductId, DateOnly Date, int Quantity, decimal Net, decimal UnitCost);

internal sealed record Return(string Id, string OrderId, DateOnly Date, string Reason, decimal Refund);

internal sealed record Ticket(string Id, string? CustomerId, DateTimeOffset OpenedAt, string Priority, decimal? Hours);

internal sealed record Stock(DateOnly Day, string ProductId, string Warehouse, int OnHand);
