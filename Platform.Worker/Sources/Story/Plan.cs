namespace Platform.Worker.Sources.Story;

/// <summary>What the company expects of a month: overhead follows it, budgets are made from it.</summary>
internal static class Plan
{
    // EUR cents of revenue of a usual order in 2026, after discount.
    private const long RevenuePerOrder = 578_00;

    /// <summary>Expected revenue in EUR cents of the days around <paramref name="date"/>, per day, with the season.</summary>
    public static long SeasonalDay(Company company, DateOnly date) => UsualDay(company, date) * Season.Month(date) / 1000;

    /// <summary>Expected revenue in EUR cents per day, without the season: what staff and rent are sized for.</summary>
    public static long UsualDay(Company company, DateOnly date) =>
        company.Options.OrdersPerDay * RevenuePerOrder * (Season.Level(date) / 1000) / 1000;
}
