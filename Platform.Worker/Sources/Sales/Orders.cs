using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Sales;

/// <summary>Orders placed on the date.</summary>
internal sealed class Orders : DatasetGenerator
{
    private static readonly Labels Channels = new("web", "store", "marketplace", "partner");

    public override string Name => "orders";

    public override string[] Columns =>
    [
        "order_id", "order_date", "ordered_at", "customer_id", "channel", "region", "currency", "fx_rate", "line_count", "discount_amount",
        "net_amount", "tax_amount", "shipping_fee", "gross_amount",
    ];

    public override string[] ControlSums => ["discount_amount", "net_amount", "tax_amount", "shipping_fee", "gross_amount"];

    public override DefectPlan Defects { get; } = new(
        "order_id",
        "O{0:yyyyMMdd}-9{1:00000}",
        Defect.Columns,
        Defect.Type("net_amount"),
        Defect.Required("customer_id"),
        Defect.Range("line_count", "0"),
        Defect.Pattern("order_id", "4711"),
        Defect.Enumeration("channel", "fax"),
        Defect.Unique,
        Defect.Reference("customer_id", "C999999999"),
        Defect.Partition("order_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var order = new Order();
        for (var number = 1; number <= day.Orders.Count; number++)
        {
            order.Load(day.Orders, number);
            Write(file, order);
            await file.EndRowAsync(cancellationToken);
        }
    }

    private static void Write(DatasetFile file, Order order)
    {
        var csv = file.Csv;
        csv.Document("O"u8, order.Date, order.Number);
        csv.Date(order.Date);
        csv.Timestamp(order.Date, order.SecondOfDay);
        csv.CustomerNumber(order.Customer.Number);
        csv.Text(Channels[(int)order.Channel]);
        csv.Text(Country.Regions[order.Country.Region]);
        csv.Text(CurrencyCode.Of(order.Currency));
        csv.Number(order.Rate, scale: 6);
        csv.Integer(order.LineCount);
        csv.Money(order.Discount);
        csv.Money(order.Net);
        csv.Money(order.Tax);
        csv.Money(order.ShippingFee);
        csv.Money(order.Gross);
    }
}
