namespace Platform.Worker.Sources.Story;

/// <summary>
/// The stock of a day: 200 products in three warehouses. The balance is told from the last week alone. A warehouse holds a target and
/// replaces what left it seven days later, so at the end of a day
/// <c>on hand = target - (shipped - returned in the last seven days)</c>, and never less than nothing. What a receipt brings, or an
/// adjustment gives back to the supplier, is the difference to the day before.
/// </summary>
internal sealed class Stock
{
    /// <summary>Digits of the running number of a movement.</summary>
    public const int MovementDigits = 7;

    private const int DaysToReplace = 7;
    private const int DaysBetweenCounts = 28;
    private const int DaysOfTarget = 16;
    private const int SmallestTarget = 25;

    // Share of the orders that each warehouse serves, and units in a usual order.
    private static readonly int[] WarehouseShares = [735, 225, 40];
    private const int UnitsPerOrder = 6;

    private readonly Company _company;
    private readonly List<(int Cell, int Units)> _receipts = [];
    private readonly List<(int Cell, int Units)> _adjustments = [];

    public Stock(BusinessDay day)
    {
        _company = day.Company;
        var outflows = Outflows(day);
        OnHandBefore = new int[Cells];
        for (var cell = 0; cell < Cells; cell++)
        {
            var lastWeek = 0;
            for (var daysAgo = 0; daysAgo < DaysToReplace; daysAgo++)
            {
                lastWeek += outflows[daysAgo][cell];
            }

            var weekBefore = lastWeek - outflows[0][cell] + outflows[DaysToReplace][cell];
            OnHandBefore[cell] = Math.Max(0, Target(cell, day.Date.AddDays(-1)) - weekBefore);
            var difference = Math.Max(0, Target(cell, day.Date) - lastWeek) - OnHandBefore[cell] + outflows[0][cell];
            if (difference != 0)
            {
                (difference > 0 ? _receipts : _adjustments).Add((cell, Math.Abs(difference)));
            }
        }
    }

    /// <summary>Products times warehouses.</summary>
    public static int Cells => Catalogue.Size * Country.Warehouses.Count;

    /// <summary>Units at the beginning of the day, by cell.</summary>
    public int[] OnHandBefore { get; }

    /// <summary>Units that suppliers bring; the first movements of the day.</summary>
    public IReadOnlyList<(int Cell, int Units)> Receipts => _receipts;

    /// <summary>Units that go back to suppliers; the movements after the day's returns.</summary>
    public IReadOnlyList<(int Cell, int Units)> Adjustments => _adjustments;

    /// <summary>Place of a product's stock in a warehouse.</summary>
    public static int Cell(int product, int warehouse) => (product * Country.Warehouses.Count) + warehouse;

    /// <summary>Positions in the catalogue and in the list of warehouses.</summary>
    public static (int Product, int Warehouse) ProductAndWarehouse(int cell) => Math.DivRem(cell, Country.Warehouses.Count);

    /// <summary>Whether the stock is counted on the day; every cell has its turn every 28 days.</summary>
    public static bool IsCounted(int cell, DateOnly date) => (date.DayNumber - cell) % DaysBetweenCounts == 0;

    // Units shipped less units returned: for today and each of the seven days before, by cell.
    private static int[][] Outflows(BusinessDay day)
    {
        int[][] outflows = [.. Enumerable.Range(0, DaysToReplace + 1).Select(_ => new int[Cells])];
        var order = new Order();
        for (var daysAgo = Timeline.LongestReturn + DaysToReplace; daysAgo >= 0; daysAgo--)
        {
            var orders = day.OrdersOf(day.Date.AddDays(-daysAgo));
            for (var number = 1; number <= orders.Count; number++)
            {
                var timeline = Timeline.Of(orders.OrderKey(number), orders.Date);
                var isShipped = daysAgo - timeline.Shipped is >= 0 and <= DaysToReplace;
                var isReturned = timeline.Returned != Timeline.Never && daysAgo - timeline.Returned is >= 0 and <= DaysToReplace;
                if (!isShipped && !isReturned)
                {
                    continue;
                }

                order.LoadItems(orders, number);
                if (isShipped)
                {
                    foreach (var line in order.Lines)
                    {
                        outflows[daysAgo - timeline.Shipped][Cell(line.Product, order.Country.Warehouse)] += line.Quantity;
                    }
                }

                if (isReturned)
                {
                    var line = ReturnedLine.Of(order, timeline);
                    outflows[daysAgo - timeline.Returned][Cell(order.Lines[line.Line].Product, order.Country.Warehouse)] -= line.Quantity;
                }
            }
        }

        return outflows;
    }

    // The target is set at each count, for the business there will be: so much a day, products at the top of the catalogue more.
    private int Target(int cell, DateOnly date)
    {
        var counted = date.AddDays(-((date.DayNumber - cell) % DaysBetweenCounts));
        var (product, warehouse) = ProductAndWarehouse(cell);
        var milliUnits = _company.Options.OrdersPerDay * UnitsPerOrder * Season.Level(counted) / 1000 * Season.Month(counted) / 1000;
        var popularity = 2 * (Catalogue.Size - product) - 1;
        var demand = milliUnits * WarehouseShares[warehouse] / 1000 * popularity / (Catalogue.Size * Catalogue.Size);
        return SmallestTarget + (int)(demand * DaysOfTarget / 1000);
    }
}
