using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Pipeline.Arrivals;

/// <summary>Looks for the partitions that runs wait for, and for files that were landed again.</summary>
internal sealed class ArrivalWatch(
    PipelineDefinition pipeline,
    RunLedger ledger,
    Incidents incidents,
    InfrastructureRetry retry,
    IOptions<PipelineOptions> options,
    DataDates dataDates,
    TimeProvider clock,
    ILogger<ArrivalWatch> logger)
{
    /// <summary>Questions to the storage account at once.</summary>
    private const int SideBySide = 8;

    /// <summary>
    /// Looks for what the waiting dates (those of <paramref name="dates"/>, or all) wait for. Dates that can go on are queued; of what is past its
    /// deadline an incident is opened, of what has landed it is resolved.
    /// </summary>
    /// <returns>The dates that were queued, ascending.</returns>
    public async Task<IReadOnlyList<DateOnly>> WakeAsync(IReadOnlyCollection<DateOnly>? dates, CancellationToken cancellationToken)
    {
        var waiting = await ledger.WaitingAsync(pipeline.Name, dates, cancellationToken);
        var ready = new ConcurrentBag<DateOnly>();
        var late = new ConcurrentBag<AwaitedPartition>();
        await Parallel.ForEachAsync(waiting, Parallelism(cancellationToken), async (run, token) =>
        {
            var missing = await MissingAsync(run, token);
            if (run.Tasks.Count == 0 || !run.Tasks.All(missing.ContainsKey))
            {
                ready.Add(run.Date);
            }
            foreach (var awaited in missing.Values.Where(awaited => awaited.Deadline <= clock.GetUtcNow()))
            {
                late.Add(awaited);
            }
        });
        await incidents.LateAsync(pipeline.Name, [.. late], [.. waiting.Select(run => run.Date)], cancellationToken);
        var queued = await ledger.WakeAsync(pipeline.Name, [.. ready], cancellationToken);
        queued.Sort();
        if (queued.Count > 0)
        {
            Log.PartitionsLanded(logger, pipeline.Name, queued.Count, queued[0]);
        }
        return queued;
    }

    /// <summary>Queues the ended runs of the last due dates (<see cref="PipelineOptions.CorrectionDays"/>) whose files have been landed again since.</summary>
    /// <returns>The dates that were queued, ascending.</returns>
    public async Task<IReadOnlyList<DateOnly>> QueueCorrectedAsync(CancellationToken cancellationToken)
    {
        var from = dataDates.Newest.AddDays(1 - options.Value.CorrectionDays);
        var corrected = new ConcurrentBag<DateOnly>();
        await Parallel.ForEachAsync(await ledger.EndedAsync(pipeline.Name, from, cancellationToken), Parallelism(cancellationToken), async (date, token) =>
        {
            foreach (var task in pipeline.PartitionTasks)
            {
                if (await retry.ExecuteAsync(tries => task.IsCorrectedAsync(date, tries), token))
                {
                    corrected.Add(date);
                    break;
                }
            }
        });
        if (corrected.IsEmpty)
        {
            return [];
        }
        var queued = await ledger.QueueAsync(pipeline.Name, [.. corrected], new RunOrder(RunTrigger.Correction) { Again = true }, cancellationToken);
        if (queued.Count > 0)
        {
            Log.PartitionsCorrected(logger, pipeline.Name, queued.Count, queued[0]);
        }
        return queued;
    }

    /// <summary>What the tasks that are still to do wait for.</summary>
    private async Task<Dictionary<string, AwaitedPartition>> MissingAsync(WaitingRun run, CancellationToken cancellationToken)
    {
        var missing = new Dictionary<string, AwaitedPartition>();
        foreach (var task in pipeline.PartitionTasks.Where(task => run.ToDo.Contains(task.Name)))
        {
            if (await retry.ExecuteAsync(token => task.AwaitedAsync(run.Date, token), cancellationToken) is { } awaited)
            {
                missing.Add(task.Name, awaited);
            }
        }
        return missing;
    }

    private static ParallelOptions Parallelism(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
}
