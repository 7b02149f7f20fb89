using Microsoft.Extensions.Options;
using Platform.Worker.Sources;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary><c>generate_mock_data</c>: lands the mock files of the domains that have them; skipped where suppliers land real ones only.</summary>
internal sealed class GenerateTask(MockData mockData, IOptions<GeneratorOptions> options) : IPartitionTask
{
    public const string TaskName = "generate_mock_data";

    public string Name => TaskName;

    public IReadOnlyList<string> DependsOn => [];

    /// <summary>Nothing comes before it.</summary>
    public Task<AwaitedPartition?> AwaitedAsync(DateOnly date, CancellationToken cancellationToken) => Task.FromResult<AwaitedPartition?>(null);

    /// <summary>It reads no files.</summary>
    public Task<bool> IsCorrectedAsync(DateOnly date, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            return new TaskOutcome { Skipped = true, Changed = false };
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
            })
        {
            // Files that have landed are no facts yet.
            Changed = false,
            Made = partitions,
        };
    }

    /// <summary>Files that have landed are no facts yet; no build sees them.</summary>
    public Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) => Task.CompletedTask;
}
