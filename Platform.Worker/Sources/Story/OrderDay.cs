namespace Platform.Worker.Sources.Story;

/// <summary>The orders of one day: how many, of whom, at which prices. Not for use by several threads at once.</summary>
internal sealed class OrderDay
{
    // Share of the day's orders in each hour, per mille.
    private static readonly int[] Hours =
        [8, 5, 3, 2, 2, 5, 15, 35, 55, 62, 65, 62, 58, 58, 58, 58, 60, 62, 65, 70, 72, 60, 40, 20];

    private readonly ulong _key;
    private readonly int _customersBefore;
    private readonly int _customersNew;
    private long[]? _listPrices;
    private long[]? _unitCosts;
    private long[]? _rates;

    public OrderDay(Company company, DateOnly date)
    {
        Company = company;
        Date = date;
        _key = company.Key(Topic.Orders, date);
        Count = Season.Orders(date, company.Options.OrdersPerDay, company.Key(Topic.OrderVolume));
        _customersBefore = company.Customers.Size(date.AddDays(-1));
        _customersNew = company.Customers.Size(date) - _customersBefore;
    }

    public Company Company { get; }

    public DateOnly Date { get; }

    /// <summary>Orders are numbered 1 to this.</summary>
    public int Count { get; }

    /// <summary>Numbers of the customers registered on the day.</summary>
    public IEnumerable<int> NewCustomers => Enumerable.Range(_customersBefore + 1, _customersNew);

    /// <summary>Random key of an order.</summary>
    public ulong OrderKey(int number) => SplitMix64.Derive(_key, (ulong)number);

    /// <summary>
    /// Number of the customer of an order. New customers order on the day they register; of the others every tenth is a regular who comes
    /// far more often than the rest.
    /// </summary>
    public int CustomerNumber(int number, ulong orderKey)
    {
        var newSoFar = (long)number * _customersNew / Count;
        if (newSoFar != (long)(number - 1) * _customersNew / Count)
        {
            return _customersBefore + (int)newSoFar;
        }

        var random = new SplitMix64(orderKey);
        var customer = random.Below(_customersBefore) + 1;
        return random.Chance(400) && customer >= 10 ? customer - (customer % 10) : customer;
    }

    /// <summary>The customer of an order, as of its day.</summary>
    public Customer Customer(int number, ulong orderKey) => Company.Customers.Get(CustomerNumber(number, orderKey), Date);

    /// <summary>Moment of an order; later orders have higher numbers.</summary>
    public int SecondOfDay(int number, ulong orderKey)
    {
        // The order's place in the day in millionths of the orders, then the hour in which that share of them has come.
        var place = (int)((((number - 1) * 1_000_000L) + (long)(orderKey % 1_000_000)) / Count);
        var hour = 0;
        while (place >= Hours[hour] * 1000)
        {
            place -= Hours[hour++] * 1000;
        }

        return (hour * 3600) + (int)(place * 3600L / (Hours[hour] * 1000));
    }

    /// <summary>EUR cents, by position in the catalogue.</summary>
    public long ListPrice(int product) =>
        (_listPrices ??= [.. Enumerable.Range(0, Catalogue.Size).Select(index => Company.Catalogue.ListPrice(index, Date))])[product];

    /// <summary>EUR cents, by position in the catalogue.</summary>
    public long UnitCost(int product) =>
        (_unitCosts ??= [.. Enumerable.Range(0, Catalogue.Size).Select(index => Company.Catalogue.UnitCost(index, Date))])[product];

    /// <summary>Millionths of a EUR for one unit of the currency.</summary>
    public long Rate(Currency currency) =>
        (_rates ??= [.. Enum.GetValues<Currency>().Select(each => Company.Rate(each, Date))])[(int)currency];
}
