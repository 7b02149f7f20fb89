namespace Platform.Worker.Sources.Story;

/// <summary>How much business a day sees: growth over the years, the season, the weekday, the end of the month, some luck.</summary>
internal static class Season
{
    /// <summary>First day of business.</summary>
    public static readonly DateOnly Opening = new(2024, 1, 1);

    private const int ReferenceYear = 2026;

    // Monday to Sunday; average 1000.
    private static readonly int[] Weekdays = [1050, 1000, 980, 1000, 1150, 1100, 720];

    // January to December; average 1000.
    private static readonly int[] Months = [850, 860, 930, 950, 980, 960, 900, 880, 990, 1040, 1280, 1380];

    /// <summary>Size of the business in millionths of the average of 2026; it grows by 20 % a year, evenly over the year.</summary>
    public static long Level(DateOnly date)
    {
        var start = YearStart(date.Year);
        var end = YearStart(date.Year + 1);
        return start + ((end - start) * (date.DayOfYear - 1) / (DateTime.IsLeapYear(date.Year) ? 366 : 365));
    }

    /// <summary>Season without weekday and luck, per mille.</summary>
    public static int Month(DateOnly date)
    {
        // Each month's figure holds on its 15th; between two of them it runs straight.
        var here = date.Day >= 15 ? date.Month - 1 : (date.Month + 10) % 12;
        var passed = date.Day >= 15 ? date.Day - 15 : date.Day + 15;
        return Months[here] + ((Months[(here + 1) % 12] - Months[here]) * passed / 31);
    }

    /// <summary>The last three days of a month, when companies spend what their budgets have left.</summary>
    public static bool IsMonthEnd(DateOnly date) => date.Day > DateTime.DaysInMonth(date.Year, date.Month) - 3;

    /// <summary>The sales week at the end of November.</summary>
    public static bool IsSale(DateOnly date) => date is { Month: 11, Day: >= 22 and <= 29 };

    /// <summary>Number of orders of a day, at least one from the opening on.</summary>
    public static int Orders(DateOnly date, int ordersPerDay, ulong key)
    {
        if (date < Opening)
        {
            return 0;
        }

        var luck = new SplitMix64(SplitMix64.Derive(key, (ulong)date.DayNumber));
        var milli = ordersPerDay * Level(date) / 1000;
        milli = milli * Weekdays[((int)date.DayOfWeek + 6) % 7] / 1000;
        milli = milli * Month(date) / 1000;
        milli = milli * Occasion(date) / 1000;
        milli = milli * luck.Between(960, 1040) / 1000;
        return (int)Math.Clamp((milli + 500) / 1000, 1, 899_999);
    }

    private static int Occasion(DateOnly date) => date switch
    {
        { Month: 12, Day: 25 or 26 } => 400,
        { Month: 1, Day: 1 } => 500,
        { Month: 12, Day: 31 } => 700,
        _ when IsSale(date) => 1250,
        _ when IsMonthEnd(date) => 1120,
        _ => 1000,
    };

    private static long YearStart(int year)
    {
        // Growth from 10/11 to 12/11 makes the average 1.
        var level = 10_000_000L / 11;
        for (var passed = ReferenceYear; passed < year; passed++)
        {
            level = level * 6 / 5;
        }

        for (var passed = ReferenceYear; passed > year; passed--)
        {
            level = level * 5 / 6;
        }

        return level;
    }
}
