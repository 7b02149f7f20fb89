using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Sales;

/// <summary>Lines of the orders placed on the date.</summary>
internal sealed class OrderLines : DatasetGenerator
{
    public override string Name => "order_lines";

    public override string[] Columns =>
    [
        "order_id", "line_number", "order_date", "product_id", "quantity", "unit_price", "discount_amount", "net_amount", "tax_rate",
        "tax_amount", "net_amount_eur", "unit_cost",
    ];

    public override string[] ControlSums => ["quantity", "discount_amount", "net_amount", "tax_amount", "net_amount_eur"];

    public override DefectPlan Defects { get; } = new(
        "line_number",
        "{2}",
        Defect.Columns,
        Defect.Type("quantity"),
        Defect.Required("unit_price"),
        Defect.Range("tax_rate", "0.9000"),
        Defect.Pattern("product_id", "Q-0001"),
        Defect.Unique,
        Defect.Reference("product_id", "P9999"),
        Defect.Partition("order_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var order = new Order();
        for (var number = 1; number <= day.Orders.Count; number++)
        {
            order.Load(day.Orders, number);
            for (var line = 0; line < order.LineCount; line++)
            {
                Write(file, order, line);
                await file.EndRowAsync(cancellationToken);
            }
        }
    }

    private static void Write(DatasetFile file, Order order, int position)
    {
        ref readonly var line = ref order.Lines[position];
        var csv = file.Csv;
        csv.Document("O"u8, order.Date, order.Number);
        csv.Integer(position + 1);
        csv.Date(order.Date);
        csv.ProductNumber(line.Product);
        csv.Integer(line.Quantity);
        csv.Money(line.UnitPrice);
        csv.Money(line.Discount);
        csv.Money(line.Net);
        csv.Number(order.Country.TaxRate, scale: 4);
        csv.Money(line.Tax);
        csv.Money(line.NetEur);
        csv.Money(line.UnitCostEur);
    }
}
