using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Load;

/// <summary>One load of a file of gigabytes: the most memory that its process takes, which may be 300 MB whatever the size. Its files go when it ends.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    private const int DefaultRows = 25_000_000;
    private const double Goal = 300;

    public string Name => "load-memory";

    public string Description => "one load of a file of gigabytes: peak memory of the process";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var rows = size ?? DefaultRows;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        await new MigrationRunner(database.DataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance).RunAsync(cancellationToken);
        await OrderLines.LandAsync(new LandingZone(container.Client), OrderLines.Date, rows, cancellationToken);
        var place = new LoadPlace(
            database.ConnectionString, container.ConnectionString, container.Name, Path.Combine(AppContext.BaseDirectory, "Load"), File: "");
        await using var process = await LoadProcess.StartAsync(place, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await process.LoadAsync(OrderLines.Date, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} order lines loaded in {seconds:F0} s"));
        Measure.ConcludeMegabytes(Name, await process.PeakMemoryAsync(cancellationToken) / 1e6, Goal);
    }
}
