using Microsoft.Extensions.Options;
using Platform.Worker.Sources;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary><c>generate_mock_data</c>: lands the mock files of every domain; skipped where suppliers land real ones.</summary>
internal sealed class GenerateTask(MockData mockData, IOptions<GeneratorOptions> options) : IPartitionTask
{
    public string Name => "generate_mock_data";

    public async Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            return new TaskOutcome { Skipped = true };
        }
        var partitions = await mockData.GenerateAsync(date, cancellationToken);
        return new TaskOutcome(
            partitions.Sum(partition => partition.Rows),
            new
            {
                Seed = options.Value.Seed,
                Version = MockData.Version,
                Domains = partitions.ToDictionary(
                    partition => partition.Domain,
                    partition => partition.Datasets.ToDictionary(dataset => dataset.Dataset, dataset => dataset.Rows)),
                Defects = partitions.ToDictionary(partition => partition.Domain, partition => partition.Defects),
            });
    }

    /// <summary>Files that have landed are no facts yet; no build sees them.</summary>
    public Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) => Task.CompletedTask;
}
