namespace Platform.Worker.Sources.Story;

/// <summary>
/// All that happens on a data date, to the orders of that day and of days before. Not for use by several threads at once.
/// </summary>
internal sealed class BusinessDay(Company company, DateOnly date)
{
    private readonly Dictionary<DateOnly, OrderDay> _orderDays = [];
    private List<OrderEvent>? _shipped;
    private List<OrderEvent>? _returned;
    private List<PaymentEvent>? _payments;
    private Stock? _stock;

    public Company Company => company;

    public DateOnly Date => date;

    /// <summary>Orders placed today.</summary>
    public OrderDay Orders => OrdersOf(date);

    /// <summary>Orders that are shipped and invoiced today, oldest first.</summary>
    public IReadOnlyList<OrderEvent> Shipped => _shipped ??= [.. Events(0, Timeline.LongestShipping, timeline => timeline.Shipped)];

    /// <summary>Orders that are delivered today, oldest first.</summary>
    public IEnumerable<OrderEvent> Delivered => Events(1, Timeline.LongestDelivery, timeline => timeline.Delivered);

    /// <summary>Orders of which goods come back today, oldest first.</summary>
    public IReadOnlyList<OrderEvent> Returned => _returned ??= [.. Events(4, Timeline.LongestReturn, timeline => timeline.Returned)];

    /// <summary>Payments that arrive today, oldest order first.</summary>
    public IReadOnlyList<PaymentEvent> Payments => _payments ??= FindPayments();

    /// <summary>Movements of the stock.</summary>
    public Stock Stock => _stock ??= new Stock(this);

    public OrderDay OrdersOf(DateOnly day)
    {
        if (!_orderDays.TryGetValue(day, out var orders))
        {
            _orderDays.Add(day, orders = new OrderDay(company, day));
        }

        return orders;
    }

    private IEnumerable<OrderEvent> Events(int shortest, int longest, Func<Timeline, int> when)
    {
        for (var daysAgo = longest; daysAgo >= shortest; daysAgo--)
        {
            var orders = OrdersOf(date.AddDays(-daysAgo));
            for (var number = 1; number <= orders.Count; number++)
            {
                var timeline = Timeline.Of(orders.OrderKey(number), orders.Date);
                if (when(timeline) == daysAgo)
                {
                    yield return new OrderEvent(orders, number, timeline);
                }
            }
        }
    }

    private List<PaymentEvent> FindPayments()
    {
        var found = new List<PaymentEvent>();
        for (var daysAgo = Timeline.LongestPayment; daysAgo >= 0; daysAgo--)
        {
            var orders = OrdersOf(date.AddDays(-daysAgo));
            for (var number = 1; number <= orders.Count; number++)
            {
                var key = orders.OrderKey(number);
                var timeline = Timeline.Of(key, orders.Date);
                var terms = orders.Customer(number, key).PaymentTerms;
                for (var part = 1; part <= 2; part++)
                {
                    if (timeline.Paid(part, terms) == daysAgo)
                    {
                        found.Add(new PaymentEvent(orders, number, timeline, part));
                    }
                }
            }
        }

        return found;
    }
}

/// <summary>Something that happens to an order.</summary>
internal readonly record struct OrderEvent(OrderDay Orders, int Number, Timeline Timeline);

/// <summary>A part of an order's payment that arrives: 1, or 2 when it is the rest.</summary>
internal readonly record struct PaymentEvent(OrderDay Orders, int Number, Timeline Timeline, int Part);
