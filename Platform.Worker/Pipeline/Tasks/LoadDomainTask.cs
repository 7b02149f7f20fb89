using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary><c>etl_&lt;domain&gt;</c>: checks the landed files of one domain against their contracts and swaps its fact partitions.</summary>
internal sealed class LoadDomainTask(
    Domain domain, PartitionArrivals arrivals, ArrivalRecords records, PartitionLoader loader, PartitionWithdrawal withdrawal, TaskInputs inputs)
    : IPartitionTask
{
    public string Name { get; } = NameOf(domain.Name);

    public IReadOnlyList<string> DependsOn { get; } = [GenerateTask.TaskName, .. domain.DependsOn.Select(NameOf)];

    public async Task<AwaitedPartition?> AwaitedAsync(DateOnly date, CancellationToken cancellationToken)
    {
        var arrival = await arrivals.FindAsync(domain.Expected(date), cancellationToken);
        if (arrival.Missing is { } missing)
        {
            return new(domain.Name, date, missing, domain.Deadline(date));
        }
        // Before the load reads them: files that replace these while it does so are a correction.
        await records.EnterAsync(domain.Name, date, arrival.Identity, cancellationToken);
        return null;
    }

    public async Task<bool> IsCorrectedAsync(DateOnly date, CancellationToken cancellationToken) =>
        await records.FindAsync(domain.Name, date, cancellationToken) is { } loaded
        && await arrivals.FindAsync(domain.Expected(date), cancellationToken) is { HasLanded: true } landed
        && landed.Identity != loaded;

    public async Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken)
    {
        var load = await loader.LoadAsync(domain.Name, date, force, cancellationToken);
        return new TaskOutcome(load.LoadedRows, new { load.QuarantinedRows, Unchanged = load.Skipped, load.Datasets })
        {
            Changed = !load.Skipped,
            Made = new LoadedDomain(domain, load),
            Inputs = await inputs.OfLoadsAsync([.. load.Datasets.Select(dataset => dataset.LoadId)], cancellationToken),
        };
    }

    public Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) =>
        withdrawal.WithdrawAsync(domain.Name, dates, cancellationToken);

    private static string NameOf(string domain) => $"etl_{domain}";
}

/// <summary>What a domain's task loaded, and by which contracts.</summary>
internal sealed record LoadedDomain(Domain Domain, DomainLoad Load);
