using System.Globalization;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Sources;
using Platform.Worker.Sources.Story;

namespace Platform.Benchmarks.Generate;

/// <summary>The mock data of a date, all domains at once: the generator alone, which is to make 500,000 rows a second, and landed in Azurite.</summary>
internal sealed class GenerateBenchmark : IBenchmark
{
    private const int DefaultOrdersPerDay = 100_000;
    private const double Goal = 500_000;
    private static readonly DateOnly Date = new(2026, 1, 31);

    public string Name => "generate";

    public string Description => "mock data of one date, rows per second; SIZE is orders a day";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var options = new GeneratorOptions { OrdersPerDay = size ?? DefaultOrdersPerDay };
        var company = new Company(options);
        var rows = await GenerateAsync(company, _ => new NowhereSink(), cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{options.OrdersPerDay:N0} orders a day, {rows:N0} rows of {DomainGenerator.All.Count} domains; {Environment.ProcessorCount} cores"));
        await using var servers = new EmbeddedServers();
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        var landing = new LandingZone(container.Client);
        const string alone = "generate: every file to its last byte, sums and hashes";
        const string landed = "generate and land in Azurite";
        var rates = await Measure.AlternatelyAsync(rows, "rows",
        [
            (alone, () => Task.CompletedTask, () => GenerateAsync(company, _ => new NowhereSink(), cancellationToken)),
            (landed, () => Task.CompletedTask, () => LandAsync(company, landing, cancellationToken)),
        ]);
        Measure.Conclude(Name, rates[alone] / Goal, 1);
    }

    private static async Task<long> GenerateAsync(Company company, Func<string, IBlockSink> sink, CancellationToken cancellationToken)
    {
        var rows = await Task.WhenAll(DomainGenerator.All.Select(domain => Task.Run(
            () => WriteAsync(company, domain, dataset => new CsvFileWriter(sink(dataset.Name), dataset.Name, dataset.Columns, dataset.ControlSums), cancellationToken),
            cancellationToken)));
        return rows.Sum();
    }

    private static Task LandAsync(Company company, LandingZone landing, CancellationToken cancellationToken) =>
        Task.WhenAll(DomainGenerator.All.Select(domain => Task.Run(
            async () =>
            {
                var partition = await landing.StartPartitionAsync(domain.Domain, Date, generator: null, cancellationToken);
                await WriteAsync(company, domain, dataset => partition.StartFile(dataset.Name, dataset.Columns, dataset.ControlSums), cancellationToken);
                await partition.CompleteAsync(cancellationToken);
            },
            cancellationToken)));

    private static async Task<long> WriteAsync(
        Company company, DomainGenerator domain, Func<DatasetGenerator, CsvFileWriter> start, CancellationToken cancellationToken)
    {
        var day = new BusinessDay(company, Date);
        var rows = 0L;
        foreach (var dataset in domain.Datasets)
        {
            await using var csv = start(dataset);
            await dataset.WriteAsync(day, new DatasetFile(csv, defects: null), cancellationToken);
            rows += (await csv.CompleteAsync(cancellationToken)).Rows;
        }

        return rows;
    }

    private sealed class NowhereSink : IBlockSink
    {
        public Task StageAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task CommitAsync(ReadOnlyMemory<byte> lastBlock, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
