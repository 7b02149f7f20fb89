using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Worker.Landing;
using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources;

/// <summary>
/// Generates the mock partitions of a date and lands them. Seed, scale and date determine every byte; which dates were generated before, in
/// which order or on which machine, does not matter.
/// </summary>
internal sealed class MockData(LandingZone landing, PartitionArrivals arrivals, IOptions<GeneratorOptions> options, ILogger<MockData> logger)
{
    /// <summary>Version of the story. It changes whenever the same seed and date give other bytes than before.</summary>
    public const string Version = "1";

    private readonly Company _company = new(options.Value);

    /// <summary>Generates and lands the partitions of the domains of <see cref="GeneratorOptions.Domains"/>, except those that a supplier has landed or
    /// begun to land: these stay as they are.</summary>
    /// <returns>What was generated.</returns>
    /// <exception cref="ConfigurationFaultException">The date is before the first day of business.</exception>
    public async Task<IReadOnlyList<GeneratedPartition>> GenerateAsync(DateOnly date, CancellationToken cancellationToken)
    {
        if (date < Season.Opening)
        {
            throw new ConfigurationFaultException(string.Create(
                CultureInfo.InvariantCulture,
                $"There is no mock data for {date:yyyy-MM-dd}: the business opened on {Season.Opening:yyyy-MM-dd}. Choose a later date."));
        }

        var partitions = await Task.WhenAll(DomainGenerator.Of(options.Value.Domains).Select(
            domain => Task.Run(() => GenerateAsync(domain, date, cancellationToken), cancellationToken)));
        return [.. partitions.OfType<GeneratedPartition>()];
    }

    private async Task<GeneratedPartition?> GenerateAsync(DomainGenerator domain, DateOnly date, CancellationToken cancellationToken)
    {
        if (await arrivals.IsSuppliersAsync(domain.Domain, date, cancellationToken))
        {
            logger.SupplierPartitionKept(domain.Domain, date);
            return null;
        }

        var generator = new ManifestGenerator { Seed = options.Value.Seed, Version = Version };
        var partition = await landing.StartPartitionAsync(domain.Domain, date, generator, cancellationToken);
        var day = new BusinessDay(_company, date);
        var datasets = new List<GeneratedDataset>();
        foreach (var dataset in domain.Datasets)
        {
            await using var csv = partition.StartFile(dataset.Name, dataset.Columns, dataset.ControlSums);
            var defects = options.Value.DefectRate > 0 ? new DefectInjector(dataset, _company, date) : null;
            await dataset.WriteAsync(day, new DatasetFile(csv, defects), cancellationToken);
            var file = await csv.CompleteAsync(cancellationToken);
            datasets.Add(new GeneratedDataset
            {
                Dataset = dataset.Name,
                Rows = file.Rows,
                Defects = defects?.Counts ?? new Dictionary<string, int>(),
            });
        }

        var generated = new GeneratedPartition
        {
            Domain = domain.Domain,
            Date = date,
            Datasets = datasets,
            Manifest = await partition.CompleteAsync(cancellationToken),
        };
        logger.PartitionGenerated(domain.Domain, date, generated.Rows, generated.Defects.Values.Sum());
        return generated;
    }
}
