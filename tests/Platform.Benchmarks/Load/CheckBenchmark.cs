using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsvHelper;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Loading;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Parsing and checking alone, in memory and on one thread, in CPU time: rows of order lines from bytes to binary COPY rows, against the same
/// parser's own records of the same types, which check nothing but the types.
/// </summary>
internal sealed class CheckBenchmark : IBenchmark
{
    private const int DefaultRows = 500_000;
    private const int Rounds = 7;
    private static readonly DateOnly Date = new(2026, 1, 31);

    public string Name => "check";

    public string Description => "parse and check rows in memory, CPU time, against the parser's own typed records";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var rows = size ?? DefaultRows;
        var contract = ContractCatalog.Load([Path.Combine(AppContext.BaseDirectory, "Load")]).Domain("bench")
            .Datasets.Single(dataset => dataset.Dataset == "order_lines");
        var file = OrderLines(contract, rows);
        var parse = new List<double>();
        var fields = new List<double>();
        var sylvan = new List<double>();
        var check = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            parse.Add(await CpuAsync(() => ParseAsync(file, rows, cancellationToken)));
            fields.Add(await CpuAsync(() => SplitAsync(contract, file, rows, cancellationToken)));
            sylvan.Add(await CpuAsync(() => SplitBySylvanAsync(file, rows, cancellationToken)));
            check.Add(await CpuAsync(() => CheckAsync(contract, file, rows, cancellationToken)));
        }

        // The least of several is what the work costs; the rest is what else the machine did.
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} order lines, 12 columns, {file.Length / 1e6:F0} MB, least CPU time of {Rounds}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"typed records   {rows / parse.Min(),12:N0} rows/s of CPU"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"parse and check {rows / check.Min(),12:N0} rows/s of CPU"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fields alone    {rows / fields.Min(),12:N0} rows/s of CPU"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"by Sylvan       {rows / sylvan.Min(),12:N0} rows/s of CPU"));
        Measure.Conclude(Name, parse.Min() / check.Min(), 0.6);
    }

    private static async Task<double> CpuAsync(Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await work();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static async Task ParseAsync(byte[] file, int rows, CancellationToken cancellationToken)
    {
        await using var csv = CsvReader.Create(new MemoryStream(file), new CsvReaderOptions { Separator = ',', BufferSize = 256 << 10, NormalizeHeaderName = name => name.Replace("_", "", StringComparison.Ordinal) });
        var read = 0;
        await foreach (var line in csv.GetRecordsAsync<OrderLine>(cancellationToken))
        {
            read += line.Quantity > 0 ? 1 : 0;
        }

        Expect(rows, read);
    }

    /// <summary>The fields as the loader gets them, not looked at.</summary>
    private static async Task SplitAsync(DatasetContract contract, byte[] file, int rows, CancellationToken cancellationToken)
    {
        await using var records = await CsvRecords.OpenAsync(
            _ => Task.FromResult<Stream>(new MemoryStream(file)), RecordForm.Of(contract, "order_lines.csv"), Fault, cancellationToken);
        var (read, bytes) = (0, 0L);
        for (; await records.ReadAsync(cancellationToken); read++)
        {
            for (var field = 0; field < records.FieldCount; field++)
            {
                bytes += records.Field(field).Length;
            }
        }

        Expect(rows, bytes > 0 ? read : 0);
    }

    /// <summary>The same by Sylvan.Data.Csv, whose fields are UTF-16.</summary>
    private static async Task SplitBySylvanAsync(byte[] file, int rows, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(new MemoryStream(file), Encoding.UTF8, false, 256 << 10);
        await using var csv = await Sylvan.Data.Csv.CsvDataReader.CreateAsync(
            text, new Sylvan.Data.Csv.CsvDataReaderOptions { BufferSize = 256 << 10 }, cancellationToken);
        var (read, characters) = (0, 0L);
        for (; await csv.ReadAsync(cancellationToken); read++)
        {
            for (var field = 0; field < csv.RowFieldCount; field++)
            {
                characters += csv.GetFieldSpan(field).Length;
            }
        }

        Expect(rows, characters > 0 ? read : 0);
    }

    private static Exception Fault(string what, long? line, Exception? cause) => new InvalidOperationException($"{line}: {what}", cause);

    private static async Task CheckAsync(DatasetContract contract, byte[] file, int rows, CancellationToken cancellationToken)
    {
        await using var records = await CsvRecords.OpenAsync(
            _ => Task.FromResult<Stream>(new MemoryStream(file)), RecordForm.Of(contract, "order_lines.csv"), Fault, cancellationToken);
        var check = RowCheck.Bind(contract, records.Form, records.Header, Date, loadId: 1, lineOffset: 0, Fault);
        using var buffer = new RowBuffer(1 << 20);
        var written = 0;
        while (await records.ReadAsync(cancellationToken))
        {
            written += check.TryWrite(records, buffer, out _) ? 1 : 0;
            if (buffer.Length > 512 << 10)
            {
                buffer.Truncate(0);
            }
        }

        Expect(rows, written);
    }

    private static void Expect(int rows, int found)
    {
        if (found != rows)
        {
            throw new InvalidOperationException($"{found} of {rows} rows were read.");
        }
    }

    private static byte[] OrderLines(DatasetContract contract, int rows)
    {
        var random = new Random(1);
        var text = new StringBuilder().AppendJoin(',', contract.Columns.Select(column => column.Name)).Append('\n');
        for (var row = 0; row < rows; row++)
        {
            var price = random.Next(100, 100_000);
            var quantity = random.Next(1, 9);
            text.Append(CultureInfo.InvariantCulture, $"O20260131-{row / 4:000000},{(row % 4) + 1},2026-01-31,P{random.Next(1, 201):0000},{quantity},")
                .Append(CultureInfo.InvariantCulture, $"{price / 100m:F2},0.00,{price * quantity / 100m:F2},0.1900,{price * quantity / 500m:F2},{price * quantity / 100m:F2},{price / 200m:F2}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>An order line as CsvHelper reads it by itself.</summary>
[CsvRecord]
internal sealed partial class OrderLine
{
    public string OrderId { get; set; } = "";

    public int LineNumber { get; set; }

    public DateOnly OrderDate { get; set; }

    public string ProductId { get; set; } = "";

    public int Quantity { get; set; }

    public decimal UnitPrice { get; set; }

    public decimal DiscountAmount { get; set; }

    public decimal NetAmount { get; set; }

    public decimal TaxRate { get; set; }

    public decimal TaxAmount { get; set; }

    public decimal NetAmountEur { get; set; }

    public decimal UnitCost { get; set; }
}
