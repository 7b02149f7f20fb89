using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Order lines against <c>psql \copy</c> of the same file: the pass over the file into staging against a bare table, goal 1.3, and from blob to
/// committed partition with every check and reconciliation against the same partitioned table with its key, goal 0.9. The process that loads is one of
/// its own; it may take 300 MB.
/// </summary>
internal sealed class LoadBenchmark : IBenchmark
{
    private const int DefaultRows = 2_000_000;
    private const double MemoryGoal = 300;

    public string Name => "load";

    public string Description => @"parse, check and copy; blob to committed partition; both against psql \copy of the same file";

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
            await OrderLines.LandAsync(new LandingZone(container.Client), OrderLines.Date, rows, cancellationToken);
            await using (var file = File.Create(path))
            {
                await container.Client.GetBlobClient(LandingPath.For(OrderLines.Domain, OrderLines.Date, OrderLines.Dataset)).DownloadToAsync(file, cancellationToken);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} order lines, 12 columns, {file.Length / 1e6:F0} MB; {Environment.ProcessorCount} cores"));
            }

            var place = new LoadPlace(
                database.ConnectionString, container.ConnectionString, container.Name, Path.Combine(AppContext.BaseDirectory, "Load"), path);
            await using var process = await LoadProcess.StartAsync(place, cancellationToken);
            await process.LoadAsync(OrderLines.Date, cancellationToken);
            await ExecuteAsync(dataSource, References, cancellationToken);

            var copy = new ReferenceCopy(dataSource, database.ConnectionString, path);
            var bare = $"{ReferenceCopy.Name} into a bare table";
            var keyed = $"{ReferenceCopy.Name} into the partitioned table with its key";
            const string staging = "load-staging: file to staging, every row checked";
            const string load = "load: blob to committed partition, all checks";
            var rates = await Measure.AlternatelyAsync(rows, "rows",
            [
                (bare, () => ExecuteAsync(dataSource, "truncate bare", cancellationToken), () => copy.RunAsync("bare", cancellationToken)),
                (staging, () => ExecuteAsync(dataSource, "drop table if exists bench.order_lines_20260131_new", cancellationToken),
                    () => process.StageAsync(cancellationToken)),
                (keyed, () => PrepareAsync("truncate keyed"), () => copy.RunAsync("keyed", cancellationToken)),
                (load, () => PrepareAsync("truncate bench.order_lines; delete from meta.partition_load where dataset = 'order_lines'"),
                    () => process.LoadAsync(OrderLines.Date, cancellationToken)),
            ]);
            var memory = await process.PeakMemoryAsync(cancellationToken) / 1e6;
            Measure.Conclude("load-staging", rates[staging] / rates[bare], 1.3);
            Measure.Conclude("load", rates[load] / rates[keyed], 0.9);
            Measure.ConcludeMegabytes("load-memory", memory, MemoryGoal);

            Task PrepareAsync(string sql) =>
                ExecuteAsync(dataSource, $"drop table if exists bench.order_lines_20260131_new; {sql}", cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A bare table of the file's columns, and the fact table again, whose own columns have defaults.</summary>
    private const string References = """
        create table bare (order_id text not null, line_number integer not null, order_date date not null, product_id text not null,
            quantity integer not null, unit_price numeric(18,2) not null, discount_amount numeric(18,2) not null,
            net_amount numeric(18,2) not null, tax_rate numeric(5,4) not null, tax_amount numeric(18,2) not null,
            net_amount_eur numeric(18,2) not null, unit_cost numeric(18,2) not null);
        create table keyed (like bench.order_lines, primary key (_partition, order_id, line_number)) partition by range (_partition);
        alter table keyed alter _partition set default '2026-01-31', alter _load set default 0, alter _line set default 0;
        create table keyed_20260131 partition of keyed for values from ('2026-01-31') to ('2026-02-01');
        """;

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
