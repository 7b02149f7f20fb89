using System.Text;
using Platform.Worker.Landing;

namespace Platform.Benchmarks.Load;

/// <summary>The partition that the load benchmarks land: products, orders and their lines, of which every reference holds.</summary>
internal static class OrderLines
{
    public const string Domain = "bench";
    public const string Dataset = "order_lines";

    private const int LinesPerOrder = 4;
    private const int Products = 200;

    public static readonly DateOnly Date = new(2026, 1, 31);

    private static readonly string[] Columns =
    [
        "order_id", "line_number", "order_date", "product_id", "quantity", "unit_price", "discount_amount", "net_amount", "tax_rate", "tax_amount",
        "net_amount_eur", "unit_cost",
    ];

    public static string ColumnList => string.Join(", ", Columns);

    /// <summary>Lands the partition of a date.</summary>
    public static async Task LandAsync(LandingZone landing, DateOnly date, int rows, CancellationToken cancellationToken)
    {
        var partition = await landing.StartPartitionAsync(Domain, date, generator: null, cancellationToken);
        await WriteAsync(partition, "products", ["product_id"], [], Products, (csv, row) => csv.Text(Text($"P{row + 1:0000}")), cancellationToken);
        await WriteAsync(
            partition, "orders", ["order_id"], [], (rows + LinesPerOrder - 1) / LinesPerOrder, (csv, row) => csv.Text(Order(date, row)), cancellationToken);
        var random = new Random(1);
        await WriteAsync(
            partition, Dataset, Columns, ["net_amount", "net_amount_eur"], rows, (csv, row) => Line(csv, date, row, random), cancellationToken);
        await partition.CompleteAsync(cancellationToken);
    }

    private static void Line(CsvFileWriter csv, DateOnly date, int row, Random random)
    {
        var price = random.Next(100, 100_000);
        var quantity = random.Next(1, 9);
        csv.Text(Order(date, row / LinesPerOrder));
        csv.Integer((row % LinesPerOrder) + 1);
        csv.Date(date);
        csv.Text(Text($"P{random.Next(1, Products + 1):0000}"));
        csv.Integer(quantity);
        csv.Money(price);
        csv.Money(0);
        csv.Money((long)price * quantity);
        csv.Number(1900, 4);
        csv.Money((long)price * quantity * 19 / 100);
        csv.Money((long)price * quantity);
        csv.Money(price / 2);
    }

    private static async Task WriteAsync(
        PartitionWriter partition, string dataset, string[] columns, string[] sums, int rows, Action<CsvFileWriter, int> write, CancellationToken cancellationToken)
    {
        await using var csv = partition.StartFile(dataset, columns, sums);
        for (var row = 0; row < rows; row++)
        {
            write(csv, row);
            csv.EndRow();
            if (csv.IsBlockFull)
            {
                await csv.FlushAsync(cancellationToken);
            }
        }

        await csv.CompleteAsync(cancellationToken);
    }

    private static byte[] Order(DateOnly date, int number) => Text($"O{date:yyyyMMdd}-{number:000000}");

    private static byte[] Text(FormattableString text) => Encoding.UTF8.GetBytes(FormattableString.Invariant(text));
}
