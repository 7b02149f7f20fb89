using Platform.Worker.Loading;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary><c>etl_&lt;domain&gt;</c>: checks the landed files of one domain against their contracts and swaps its fact partitions.</summary>
internal sealed class LoadDomainTask(string domain, PartitionLoader loader, PartitionWithdrawal withdrawal) : IPartitionTask
{
    public string Name { get; } = $"etl_{domain}";

    public async Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken)
    {
        var load = await loader.LoadAsync(domain, date, force, cancellationToken);
        return new TaskOutcome(load.LoadedRows, new { load.QuarantinedRows, Unchanged = load.Skipped, load.Datasets });
    }

    public Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) =>
        withdrawal.WithdrawAsync(domain, dates, cancellationToken);
}
