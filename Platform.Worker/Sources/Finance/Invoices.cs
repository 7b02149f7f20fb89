using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>Invoices of the orders that are shipped on the date.</summary>
internal sealed class Invoices : DatasetGenerator
{
    public override string Name => "invoices";

    public override string[] Columns =>
    [
        "invoice_id", "invoice_date", "due_date", "order_id", "order_date", "customer_id", "currency", "fx_rate", "net_amount",
        "tax_amount", "shipping_fee", "gross_amount", "gross_amount_eur",
    ];

    public override string[] ControlSums => ["net_amount", "tax_amount", "shipping_fee", "gross_amount", "gross_amount_eur"];

    public override DefectPlan Defects { get; } = new(
        "invoice_id",
        "I{0:yyyyMMdd}-9{1:00000}",
        Defect.Columns,
        Defect.Type("gross_amount"),
        Defect.Required("due_date"),
        Defect.Range("net_amount", "-0.01"),
        Defect.Pattern("order_id", "4711"),
        Defect.Enumeration("currency", "XXX"),
        Defect.Unique,
        Defect.Partition("invoice_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var order = new Order();
        foreach (var invoiced in day.Shipped)
        {
            order.Load(invoiced.Orders, invoiced.Number);
            Write(file, day, order);
            await file.EndRowAsync(cancellationToken);
        }
    }

    private static void Write(DatasetFile file, BusinessDay day, Order order)
    {
        var csv = file.Csv;
        csv.Document("I"u8, order.Date, order.Number);
        csv.Date(day.Date);
        csv.Date(day.Date.AddDays(order.Customer.PaymentTerms));
        csv.Document("O"u8, order.Date, order.Number);
        csv.Date(order.Date);
        csv.CustomerNumber(order.Customer.Number);
        csv.Text(CurrencyCode.Of(order.Currency));
        csv.Number(order.Rate, scale: 6);
        csv.Money(order.Net);
        csv.Money(order.Tax);
        csv.Money(order.ShippingFee);
        csv.Money(order.Gross);
        csv.Money(order.GrossEur);
    }
}
