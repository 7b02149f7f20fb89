using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Order lines from blob to committed partition, with every check and reconciliation, against a text COPY of the same file that checks
/// nothing. Goal of the issue: 0.9 of the COPY into the same table with its key.
/// </summary>
internal sealed class LoadBenchmark : IBenchmark
{
    private const int DefaultRows = 2_000_000;
    private const int LinesPerOrder = 4;
    private const int Products = 200;
    private static readonly DateOnly Date = new(2026, 1, 31);
    private static readonly string Contracts = Path.Combine(AppContext.BaseDirectory, "Load");

    public string Name => "load";

    public string Description => "blob to committed partition, all checks, against text COPY of the same file";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var rows = size ?? DefaultRows;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        var dataSource = database.DataSource;
        await new MigrationRunner(dataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance).RunAsync(cancellationToken);
        var path = Path.GetTempFileName();
        try
        {
            await LandAsync(new LandingZone(container.Client), rows, cancellationToken);
            await using (var file = File.Create(path))
            {
                await container.Client.GetBlobClient(LandingPath.For("bench", Date, "order_lines")).DownloadToAsync(file, cancellationToken);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} order lines, 12 columns, {file.Length / 1e6:F0} MB; {Environment.ProcessorCount} cores"));
            }

            var loader = Loader(container, dataSource);
            await loader.LoadAsync("bench", Date, cancellationToken);
            await ExecuteAsync(dataSource, Reference("bare", ""), cancellationToken);
            await ExecuteAsync(dataSource, Reference("keyed", ", primary key (order_id, line_number)"), cancellationToken);

            const string bare = "text COPY into a bare table", keyed = "text COPY into a table with its key", load = "load";
            var rates = await Measure.AlternatelyAsync(rows, "rows",
            [
                (bare, () => ExecuteAsync(dataSource, "truncate bare", cancellationToken), () => CopyAsync(dataSource, "bare", path, cancellationToken)),
                (keyed, () => ExecuteAsync(dataSource, "truncate keyed", cancellationToken), () => CopyAsync(dataSource, "keyed", path, cancellationToken)),
                (load, () => ForgetAsync(dataSource, cancellationToken), () => loader.LoadAsync("bench", Date, cancellationToken)),
            ]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of this process {Environment.WorkingSet / 1e6:F0} MB"));
            Measure.Conclude(Name, rates[load] / rates[keyed], 0.9);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static PartitionLoader Loader(TestContainer container, NpgsqlDataSource dataSource)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new PartitionLoader(
            ContractCatalog.Load([Contracts]), new PartitionReader(container.Client), dataSource, TimeProvider.System, new LoadingTelemetry(meters),
            NullLogger<PartitionLoader>.Instance);
    }

    /// <summary>Products, orders and their lines; every reference holds.</summary>
    private static async Task LandAsync(LandingZone landing, int rows, CancellationToken cancellationToken)
    {
        var partition = await landing.StartPartitionAsync("bench", Date, generator: null, cancellationToken);
        var random = new Random(1);
        await WriteAsync(partition, "products", ["product_id"], [], Products, (csv, row) => csv.Text(Text($"P{row + 1:0000}")), cancellationToken);
        await WriteAsync(partition, "orders", ["order_id"], [], (rows + LinesPerOrder - 1) / LinesPerOrder, (csv, row) => csv.Text(Order(row)), cancellationToken);
        await WriteAsync(
            partition,
            "order_lines",
            ["order_id", "line_number", "order_date", "product_id", "quantity", "unit_price", "discount_amount", "net_amount", "tax_rate", "tax_amount", "net_amount_eur", "unit_cost"],
            ["net_amount", "net_amount_eur"],
            rows,
            (csv, row) =>
            {
                var price = random.Next(100, 100_000);
                var quantity = random.Next(1, 9);
                csv.Text(Order(row / LinesPerOrder));
                csv.Integer((row % LinesPerOrder) + 1);
                csv.Date(Date);
                csv.Text(Text($"P{random.Next(1, Products + 1):0000}"));
                csv.Integer(quantity);
                csv.Money(price);
                csv.Money(0);
                csv.Money((long)price * quantity);
                csv.Number(1900, 4);
                csv.Money((long)price * quantity * 19 / 100);
                csv.Money((long)price * quantity);
                csv.Money(price / 2);
            },
            cancellationToken);
        await partition.CompleteAsync(cancellationToken);

        static byte[] Order(int number) => Text($"O20260131-{number:000000}");

        static byte[] Text(FormattableString text) => Encoding.UTF8.GetBytes(FormattableString.Invariant(text));
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

    private static string Reference(string table, string key) => $"""
        create table {table} (order_id text not null, line_number integer not null, order_date date not null, product_id text not null,
            quantity integer not null, unit_price numeric(18,2) not null, discount_amount numeric(18,2) not null,
            net_amount numeric(18,2) not null, tax_rate numeric(5,4) not null, tax_amount numeric(18,2) not null,
            net_amount_eur numeric(18,2) not null, unit_cost numeric(18,2) not null{key})
        """;

    private static async Task CopyAsync(NpgsqlDataSource dataSource, string table, string path, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var file = File.OpenRead(path);
        await using var writer = await connection.BeginTextImportAsync($"copy {table} from stdin (format csv, header)", cancellationToken);
        await file.CopyToAsync(((StreamWriter)writer).BaseStream, 256 << 10, cancellationToken);
    }

    /// <summary>Makes the order lines look as if they were never loaded; orders and products stay.</summary>
    private static Task ForgetAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) => ExecuteAsync(
        dataSource, "truncate bench.order_lines; delete from meta.partition_load where dataset = 'order_lines'", cancellationToken);

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
