using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Operations;

/// <summary>Orders that are shipped on the date, then those that are delivered.</summary>
internal sealed class Shipments : DatasetGenerator
{
    public override string Name => "shipments";

    public override string[] Columns =>
    [
        "shipment_id", "status", "order_id", "order_date", "carrier", "warehouse", "promised_date", "shipped_date", "delivered_date",
        "units", "weight_kg", "shipping_cost",
    ];

    public override string[] ControlSums => ["units", "shipping_cost"];

    public override DefectPlan Defects { get; } = new(
        "shipment_id",
        "S{0:yyyyMMdd}-9{1:00000}",
        Defect.Columns,
        Defect.Type("shipped_date"),
        Defect.Required("promised_date"),
        Defect.Range("units", "0"),
        Defect.Pattern("order_id", "4711"),
        Defect.Enumeration("carrier", "Pigeon"),
        Defect.Unique);

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var order = new Order();
        foreach (var shipped in day.Shipped)
        {
            order.LoadItems(shipped.Orders, shipped.Number);
            Write(file, order, shipped.Timeline, isDelivered: false);
            await file.EndRowAsync(cancellationToken);
        }

        foreach (var delivered in day.Delivered)
        {
            order.LoadItems(delivered.Orders, delivered.Number);
            Write(file, order, delivered.Timeline, isDelivered: true);
            await file.EndRowAsync(cancellationToken);
        }
    }

    private static void Write(DatasetFile file, Order order, Timeline timeline, bool isDelivered)
    {
        var csv = file.Csv;
        csv.Document("S"u8, order.Date, order.Number);
        csv.Text(isDelivered ? "delivered"u8 : "shipped"u8);
        csv.Document("O"u8, order.Date, order.Number);
        csv.Date(order.Date);
        csv.Text(Shipping.Carriers[timeline.Carrier]);
        csv.Text(Country.Warehouses[order.Country.Warehouse]);
        csv.Date(order.Date.AddDays(timeline.Promised));
        csv.Date(order.Date.AddDays(timeline.Shipped));
        if (isDelivered)
        {
            csv.Date(order.Date.AddDays(timeline.Delivered));
        }
        else
        {
            csv.Empty();
        }

        csv.Integer(order.Units);
        csv.Number(order.Grams, scale: 3);
        csv.Money(Shipping.Cost(order, timeline));
    }
}
