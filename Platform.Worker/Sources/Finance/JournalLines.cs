using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>The general ledger of the date: everything that the other datasets report, as balanced journals in EUR.</summary>
internal sealed class JournalLines : DatasetGenerator
{
    public override string Name => "journal_lines";

    public override string[] Columns =>
        ["journal_id", "line_number", "journal_date", "source_type", "source_id", "account_code", "debit", "credit", "description"];

    public override string[] ControlSums => ["debit", "credit"];

    public override DefectPlan Defects { get; } = new(
        "journal_id",
        "JX{0:yyyyMMdd}-{1}",
        Defect.Columns,
        Defect.Type("credit"),
        Defect.Required("account_code"),
        Defect.Length("description", 121),
        Defect.Range("line_number", "0"),
        Defect.Pattern("account_code", "0000"),
        Defect.Enumeration("source_type", "gift"),
        Defect.Unique,
        Defect.Partition("journal_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var journal = new Journal(file, day.Date, cancellationToken);
        await PostOrdersAsync(day, journal);
        await PostReturnsAsync(day, journal);
        await PostInvoicesAndShippingAsync(day, journal);
        await PostPaymentsAsync(day, journal);
        await PostSuppliesAsync(day, journal);
        await PostOverheadAsync(day, journal);
    }

    private static async Task PostOrdersAsync(BusinessDay day, Journal journal)
    {
        var order = new Order();
        for (var number = 1; number <= day.Orders.Count; number++)
        {
            order.Load(day.Orders, number);
            journal.Start(JournalSource.Order, order.Date, order.Number);
            await journal.DebitAsync(Account.Unbilled, order.GrossEur);
            await journal.CreditAsync(Account.Revenue, order.NetEur);
            await journal.CreditAsync(Account.ShippingRevenue, order.ShippingFeeEur);
            await journal.CreditAsync(Account.SalesTax, order.TaxEur);
            await journal.DebitAsync(Account.CostOfGoods, order.CostEur);
            await journal.CreditAsync(Account.Inventory, order.CostEur);
        }
    }

    private static async Task PostReturnsAsync(BusinessDay day, Journal journal)
    {
        var order = new Order();
        foreach (var returned in day.Returned)
        {
            order.Load(returned.Orders, returned.Number);
            var refund = Refund.Of(order, ReturnedLine.Of(order, returned.Timeline));
            journal.Start(JournalSource.Return, order.Date, order.Number);
            await journal.DebitAsync(Account.SalesReturns, refund.NetEur);
            await journal.DebitAsync(Account.SalesTax, refund.TaxEur);
            await journal.CreditAsync(Account.Bank, refund.NetEur + refund.TaxEur);
            await journal.DebitAsync(Account.Inventory, refund.CostEur);
            await journal.CreditAsync(Account.CostOfGoods, refund.CostEur);
        }
    }

    private static async Task PostInvoicesAndShippingAsync(BusinessDay day, Journal journal)
    {
        var order = new Order();
        foreach (var shipped in day.Shipped)
        {
            order.Load(shipped.Orders, shipped.Number);
            journal.Start(JournalSource.Invoice, order.Date, order.Number);
            await journal.DebitAsync(Account.Receivables, order.GrossEur);
            await journal.CreditAsync(Account.Unbilled, order.GrossEur);

            var cost = Shipping.Cost(order, shipped.Timeline);
            journal.Start(JournalSource.Shipping, order.Date, order.Number);
            await journal.DebitAsync(Account.ShippingCost, cost);
            await journal.CreditAsync(Account.Payables, cost);
        }
    }

    private static async Task PostPaymentsAsync(BusinessDay day, Journal journal)
    {
        var order = new Order();
        foreach (var payment in day.Payments)
        {
            order.Load(payment.Orders, payment.Number);
            var paid = Payment.Of(order, payment, day.Orders.Rate(order.Currency));
            var gain = paid.AmountEur - paid.InvoiceAmountEur;
            journal.Start(JournalSource.Payment, order.Date, order.Number, payment.Part);
            await journal.DebitAsync(Account.Bank, paid.AmountEur);
            await journal.CreditAsync(Account.Receivables, paid.InvoiceAmountEur);
            await journal.CreditAsync(Account.CurrencyResult, Math.Max(0, gain));
            await journal.DebitAsync(Account.CurrencyResult, Math.Max(0, -gain));
        }
    }

    private static async Task PostSuppliesAsync(BusinessDay day, Journal journal)
    {
        var movement = 0;
        foreach (var (cell, units) in day.Stock.Receipts)
        {
            var cost = units * day.Orders.UnitCost(Stock.ProductAndWarehouse(cell).Product);
            journal.Start(JournalSource.Receipt, day.Date, ++movement);
            await journal.DebitAsync(Account.Inventory, cost);
            await journal.CreditAsync(Account.Payables, cost);
        }

        movement += day.Returned.Count;
        foreach (var (cell, units) in day.Stock.Adjustments)
        {
            var cost = units * day.Orders.UnitCost(Stock.ProductAndWarehouse(cell).Product);
            journal.Start(JournalSource.SupplierReturn, day.Date, ++movement);
            await journal.DebitAsync(Account.Payables, cost);
            await journal.CreditAsync(Account.Inventory, cost);
        }
    }

    private static async Task PostOverheadAsync(BusinessDay day, Journal journal)
    {
        foreach (var posting in Overhead.On(day.Company, day.Date))
        {
            journal.Start(posting.Source, posting.Description);
            await journal.DebitAsync(posting.Debit, posting.Cents);
            await journal.CreditAsync(posting.Credit, posting.Cents);
        }
    }
}
