using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Operations;

/// <summary>
/// Movements of the stock: what suppliers bring comes first, then returns, what goes back to suppliers, shipments and counts, so that the
/// balance is never below nothing on the way.
/// </summary>
internal sealed class InventoryMovements : DatasetGenerator
{
    public override string Name => "inventory_movements";

    public override string[] Columns =>
        ["movement_id", "movement_date", "product_id", "warehouse", "movement_type", "quantity", "on_hand_after", "unit_cost", "reference"];

    public override string[] ControlSums => ["quantity"];

    public override DefectPlan Defects { get; } = new(
        "movement_id",
        "M{0:yyyyMMdd}-9{1:000000}",
        Defect.Columns,
        Defect.Type("quantity"),
        Defect.Required("warehouse"),
        Defect.Length("reference", 41),
        Defect.Range("on_hand_after", "-1"),
        Defect.Pattern("movement_id", "M1"),
        Defect.Enumeration("movement_type", "theft"),
        Defect.Unique,
        Defect.Reference("product_id", "P9999"),
        Defect.Partition("movement_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var balance = new Balance(day, file);
        var order = new Order();
        foreach (var receipt in day.Stock.Receipts)
        {
            balance.Move("receipt"u8, receipt.Cell, receipt.Units);
            await file.EndRowAsync(cancellationToken);
        }

        foreach (var returned in day.Returned)
        {
            order.LoadItems(returned.Orders, returned.Number);
            var line = ReturnedLine.Of(order, returned.Timeline);
            balance.Move("return"u8, Stock.Cell(order.Lines[line.Line].Product, order.Country.Warehouse), line.Quantity, "R"u8, order);
            await file.EndRowAsync(cancellationToken);
        }

        foreach (var adjustment in day.Stock.Adjustments)
        {
            balance.Move("adjustment"u8, adjustment.Cell, -adjustment.Units);
            await file.EndRowAsync(cancellationToken);
        }

        foreach (var shipped in day.Shipped)
        {
            order.LoadItems(shipped.Orders, shipped.Number);
            for (var line = 0; line < order.LineCount; line++)
            {
                var cell = Stock.Cell(order.Lines[line].Product, order.Country.Warehouse);
                balance.Move("shipment"u8, cell, -order.Lines[line].Quantity, "S"u8, order);
                await file.EndRowAsync(cancellationToken);
            }
        }

        for (var counted = 0; counted < Stock.Cells; counted++)
        {
            if (Stock.IsCounted(counted, day.Date))
            {
                balance.Move("count"u8, counted, 0);
                await file.EndRowAsync(cancellationToken);
            }
        }
    }

    /// <summary>The balance of every product and warehouse while the day goes on.</summary>
    private sealed class Balance(BusinessDay day, DatasetFile file)
    {
        private readonly int[] _onHand = [.. day.Stock.OnHandBefore];
        private int _movements;

        public void Move(
            ReadOnlySpan<byte> type, int cell, int units, ReadOnlySpan<byte> referencePrefix = default, Order? reference = null)
        {
            var (product, warehouse) = Stock.ProductAndWarehouse(cell);
            var csv = file.Csv;
            csv.Document("M"u8, day.Date, ++_movements, digits: Stock.MovementDigits);
            csv.Date(day.Date);
            csv.ProductNumber(product);
            csv.Text(Country.Warehouses[warehouse]);
            csv.Text(type);
            csv.Integer(units);
            csv.Integer(_onHand[cell] += units);
            csv.Money(day.Orders.UnitCost(product));
            if (reference is null)
            {
                csv.Empty();
            }
            else
            {
                csv.Document(referencePrefix, reference.Date, reference.Number);
            }
        }
    }
}
