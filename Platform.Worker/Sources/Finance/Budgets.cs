using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>Budget of the month, the same on each of its days.</summary>
internal sealed class Budgets : DatasetGenerator
{
    // Budget in per mille of the expected revenue; overhead of that without the season.
    private static readonly (int Account, int PerMille, bool IsOverhead)[] Accounts =
    [
        (Account.Revenue, 1000, false),
        (Account.SalesReturns, 18, false),
        (Account.ShippingRevenue, 1, false),
        (Account.CostOfGoods, 600, false),
        (Account.ShippingCost, 13, false),
        (Account.Payroll, Overhead.PayrollPerMille, true),
        (Account.Rent, Overhead.RentPerMille, true),
        (Account.Marketing, Overhead.MarketingPerMille, false),
        (Account.Software, Overhead.SoftwarePerMille, true),
        (Account.Depreciation, Overhead.DepreciationPerMille, true),
    ];

    public override string Name => "budgets";

    public override string[] Columns => ["budget_month", "account_code", "amount"];

    public override string[] ControlSums => ["amount"];

    public override DefectPlan Defects { get; } = new(
        "account_code",
        "{2}",
        Defect.Columns,
        Defect.Type("budget_month"),
        Defect.Required("amount"),
        Defect.Range("amount", "-1.00"),
        Defect.Pattern("account_code", "abcd"),
        Defect.Unique);

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var month = new DateOnly(day.Date.Year, day.Date.Month, 1);
        var middle = month.AddDays(14);
        var days = DateTime.DaysInMonth(month.Year, month.Month);
        var random = new SplitMix64(day.Company.Key(Topic.Budgets, month));
        foreach (var (account, perMille, isOverhead) in Accounts)
        {
            var expected = days * (isOverhead ? Plan.UsualDay(day.Company, middle) : Plan.SeasonalDay(day.Company, middle));
            var csv = file.Csv;
            csv.Date(month);
            csv.Integer(account);
            // Budgets are round sums, and a little off.
            csv.Money(Cents.Share(expected * perMille / 1000, random.Between(950, 1050), 1000) / 100_00 * 100_00);
            await file.EndRowAsync(cancellationToken);
        }
    }
}
