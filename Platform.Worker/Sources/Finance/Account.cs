namespace Platform.Worker.Sources.Finance;

/// <summary>Accounts that are posted to; the chart of accounts is the seed <c>accounts</c> of the dbt project.</summary>
internal static class Account
{
    public const int Bank = 1000;
    public const int Receivables = 1200;
    public const int Unbilled = 1210;
    public const int Inventory = 1300;
    public const int AccumulatedDepreciation = 1590;
    public const int Payables = 2000;
    public const int SalesTax = 2200;
    public const int Revenue = 4000;
    public const int SalesReturns = 4050;
    public const int ShippingRevenue = 4100;
    public const int CostOfGoods = 5000;
    public const int ShippingCost = 5200;
    public const int Payroll = 6000;
    public const int Rent = 6100;
    public const int Marketing = 6200;
    public const int Software = 6300;
    public const int Depreciation = 6400;
    public const int CurrencyResult = 7000;
}
