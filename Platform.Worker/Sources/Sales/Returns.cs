using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Sales;

/// <summary>Goods that come back on the date.</summary>
internal sealed class Returns : DatasetGenerator
{
    private static readonly Labels Reasons = new("damaged", "wrong_item", "not_as_described", "late", "changed_mind");

    public override string Name => "returns";

    public override string[] Columns =>
    [
        "return_id", "return_date", "order_id", "order_date", "line_number", "product_id", "quantity", "reason", "currency", "fx_rate",
        "refund_net", "refund_tax", "refund_net_eur", "unit_cost",
    ];

    public override string[] ControlSums => ["quantity", "refund_net", "refund_tax", "refund_net_eur"];

    public override DefectPlan Defects { get; } = new(
        "return_id",
        "R{0:yyyyMMdd}-9{1:00000}",
        Defect.Columns,
        Defect.Type("order_date"),
        Defect.Required("quantity"),
        Defect.Range("refund_net", "-1.00"),
        Defect.Pattern("order_id", "4711"),
        Defect.Enumeration("reason", "none"),
        Defect.Unique,
        Defect.Reference("product_id", "P9999"),
        Defect.Partition("return_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var order = new Order();
        foreach (var returned in day.Returned)
        {
            order.Load(returned.Orders, returned.Number);
            Write(file, day, order, ReturnedLine.Of(order, returned.Timeline));
            await file.EndRowAsync(cancellationToken);
        }
    }

    private static void Write(DatasetFile file, BusinessDay day, Order order, ReturnedLine returned)
    {
        ref readonly var line = ref order.Lines[returned.Line];
        var csv = file.Csv;
        var refund = Refund.Of(order, returned);
        csv.Document("R"u8, order.Date, order.Number);
        csv.Date(day.Date);
        csv.Document("O"u8, order.Date, order.Number);
        csv.Date(order.Date);
        csv.Integer(returned.Line + 1);
        csv.ProductNumber(line.Product);
        csv.Integer(returned.Quantity);
        csv.Text(Reasons[returned.Reason]);
        csv.Text(CurrencyCode.Of(order.Currency));
        csv.Number(order.Rate, scale: 6);
        csv.Money(refund.Net);
        csv.Money(refund.Tax);
        csv.Money(refund.NetEur);
        csv.Money(line.UnitCostEur);
    }
}
