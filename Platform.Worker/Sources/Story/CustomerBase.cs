namespace Platform.Worker.Sources.Story;

/// <summary>
/// All customers there are on a day, and who they are. It grows with the business: sixty customers per order of a usual day.
/// </summary>
internal sealed class CustomerBase(ulong key, int ordersPerDay)
{
    /// <summary>
    /// Every so many days a customer's record changes (mail address, payment terms), each customer on a day of their own.
    /// </summary>
    public const int DaysBetweenChanges = 700;

    private const int CustomersPerOrder = 60;

    // Share of a week's new customers that have come by the end of Monday ... Sunday, per mille.
    private static readonly int[] WeekProgress = [160, 320, 470, 620, 790, 920, 1000];

    private readonly ulong _changeKey = SplitMix64.Derive(key, (ulong)Topic.CustomerChanges);

    /// <summary>Number of customers at the end of a day: customers 1 to this one are registered.</summary>
    public int Size(DateOnly date)
    {
        var weekday = ((int)date.DayOfWeek + 6) % 7;
        var monday = date.AddDays(-weekday);
        var before = SizeAtStart(monday);
        return (int)(before + ((SizeAtStart(monday.AddDays(7)) - before) * WeekProgress[weekday] / 1000));
    }

    /// <summary>The customer as of a day.</summary>
    public Customer Get(int number, DateOnly date)
    {
        var customerKey = SplitMix64.Derive(key, (ulong)number);
        var random = new SplitMix64(customerKey);
        var country = random.Pick(Country.Shares);
        var segment = (Segment)random.Pick([700, 240, 60]);
        var version = (date.DayNumber + number) / DaysBetweenChanges;
        return new Customer(number, customerKey, version, country, segment, PaymentTerms(number, version, segment));
    }

    /// <summary>Customers registered before the day whose record changes on it.</summary>
    public IEnumerable<int> ChangedOn(DateOnly date)
    {
        var first = DaysBetweenChanges - (date.DayNumber % DaysBetweenChanges);
        var size = Size(date.AddDays(-1));
        for (var number = first; number <= size; number += DaysBetweenChanges)
        {
            yield return number;
        }
    }

    /// <summary>Day of registration; for the first customers some day in the three years before the opening.</summary>
    public DateOnly CreatedOn(int number, DateOnly asOf)
    {
        var low = Season.Opening.AddDays(-1);
        if (number <= Size(low))
        {
            return low.AddDays(-new SplitMix64(SplitMix64.Derive(key, ~(ulong)number)).Below(1000));
        }

        // The first day at whose end the customer is there.
        var (before, after) = (low.DayNumber, asOf.DayNumber);
        while (after - before > 1)
        {
            var middle = (before + after) / 2;
            (before, after) = Size(DateOnly.FromDayNumber(middle)) < number ? (middle, after) : (before, middle);
        }

        return DateOnly.FromDayNumber(after);
    }

    private int PaymentTerms(int number, int version, Segment segment)
    {
        var random = new SplitMix64(SplitMix64.Derive(_changeKey, ((ulong)version << 32) | (uint)number));
        return segment switch
        {
            Segment.Consumer => random.Chance(850) ? 0 : 14,
            Segment.SmallBusiness => random.Chance(550) ? 14 : 30,
            _ => random.Chance(600) ? 30 : 45,
        };
    }

    private long SizeAtStart(DateOnly date) => CustomersPerOrder * (long)ordersPerDay * Season.Level(date) / 1_000_000;
}
