using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>
/// Cost that comes by the calendar: staff and depreciation at the end of the month, rent and software on its first day, marketing on
/// Mondays.
/// </summary>
internal static class Overhead
{
    public const int PayrollPerMille = 120;
    public const int RentPerMille = 22;
    public const int MarketingPerMille = 60;
    public const int SoftwarePerMille = 14;
    public const int DepreciationPerMille = 12;

    /// <summary>A posting of overhead.</summary>
    /// <param name="Source">Kind of posting, as <c>source_type</c> names it.</param>
    /// <param name="Debit">Expense account.</param>
    /// <param name="Credit">Account on the other side.</param>
    /// <param name="Cents">Amount, EUR cents.</param>
    /// <param name="Description">Posting text.</param>
    public readonly record struct Posting(string Source, int Debit, int Credit, long Cents, string Description);

    /// <summary>Postings of a date.</summary>
    public static IEnumerable<Posting> On(Company company, DateOnly date)
    {
        var luck = new SplitMix64(company.Key(Topic.Ledger, date));
        var days = DateTime.DaysInMonth(date.Year, date.Month);
        var month = days * Plan.UsualDay(company, date);
        if (date.Day == 1)
        {
            yield return new("rent", Account.Rent, Account.Bank, month * RentPerMille / 1000, "Rent of the month");
            yield return new("software", Account.Software, Account.Bank, Varied(month, SoftwarePerMille, ref luck), "Software subscriptions");
        }

        if (date.DayOfWeek == DayOfWeek.Monday)
        {
            var week = 7 * Plan.SeasonalDay(company, date);
            yield return new("marketing", Account.Marketing, Account.Bank, Varied(week, MarketingPerMille, ref luck), "Campaigns of the week");
        }

        if (date.Day == days)
        {
            yield return new("payroll", Account.Payroll, Account.Bank, Varied(month, PayrollPerMille, ref luck), "Salaries of the month");
            var depreciation = month * DepreciationPerMille / 1000;
            yield return new("depreciation", Account.Depreciation, Account.AccumulatedDepreciation, depreciation, "Depreciation of the month");
        }
    }

    private static long Varied(long cents, int perMille, ref SplitMix64 luck) => cents * perMille / 1000 * luck.Between(960, 1040) / 1000;
}
