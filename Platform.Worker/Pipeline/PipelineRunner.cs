using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Pipeline;

/// <summary>
/// Works off what the ledger has queued: claims a batch of data dates, generates and loads them side by side, then builds once for each
/// range of consecutive dates whose loads succeeded. Any number of Workers may do so at once.
/// </summary>
internal sealed class PipelineRunner(
    PipelineDefinition pipeline,
    RunLedger ledger,
    TaskRunner tasks,
    ArrivalWatch arrivals,
    InfrastructureRetry retry,
    NpgsqlDataSource warehouse,
    IOptions<PipelineOptions> options,
    TimeProvider clock,
    ILogger<PipelineRunner> logger)
{
    /// <summary>How long an interrupted run may take to tell the ledger.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public string Pipeline => pipeline.Name;

    /// <summary>Tasks of one data date.</summary>
    public int TaskCount => pipeline.TaskNames.Count;

    public bool IsLastPartitionTask(string task) => pipeline.PartitionTasks[^1].Name == task;

    /// <summary>The dates that are queued or running, oldest first.</summary>
    public async Task<IReadOnlyList<DateOnly>> UnfinishedAsync(CancellationToken cancellationToken) =>
        await ledger.UnfinishedAsync(pipeline.Name, dates: null, cancellationToken);

    /// <summary>Requests the dates: from here on the ledger holds the request, and any Worker may work on it.</summary>
    /// <returns>The dates that were not already queued or running, nor left alone because they have succeeded.</returns>
    public async Task<IReadOnlyList<DateOnly>> QueueAsync(
        IReadOnlyCollection<DateOnly> dates, RunTrigger trigger, bool again, bool force, CancellationToken cancellationToken) =>
        await ledger.QueueAsync(pipeline.Name, dates, trigger, again, force, cancellationToken);

    /// <summary>
    /// Works on those of the dates (of all, if null) that are queued, or running without anybody who runs them, until none is left to do,
    /// here or in another Worker. A date whose partition has not landed is left waiting, unless <paramref name="work"/> says to wait with it.
    /// </summary>
    /// <returns>How the runs that this process worked on ended.</returns>
    public async Task<IReadOnlyDictionary<DateOnly, TaskEnd>> WorkAsync(
        IReadOnlyCollection<DateOnly>? dates, WorkOptions work, IProgress<TaskEvent>? progress, CancellationToken cancellationToken)
    {
        var ended = new ConcurrentDictionary<DateOnly, TaskEnd>();
        try
        {
            do
            {
                await WorkAsync(dates, work, ended, progress, cancellationToken);
                await BuildStaleAsync(work, ended, cancellationToken);
            }
            while (work.WaitForPartitions && await ArrivedAsync(dates, cancellationToken));
        }
        catch (OperationCanceledException) when (work.WhenInterrupted is RunState.Cancelled && dates is not null)
        {
            // What was not begun yet must not be taken up by another Worker either.
            using var grace = new CancellationTokenSource(Grace);
            await ledger.WithdrawAsync(pipeline.Name, dates, grace.Token);
            throw;
        }
        return ended;
    }

    /// <summary>
    /// Builds the dates again whose facts the loads have changed since. As ranges of their own: one that fails keeps its mark, and nothing else
    /// from being published.
    /// </summary>
    private async Task BuildStaleAsync(WorkOptions work, ConcurrentDictionary<DateOnly, TaskEnd> ended, CancellationToken cancellationToken)
    {
        if (!ended.IsEmpty && await ledger.QueueStaleAsync(pipeline, cancellationToken) is { Count: > 0 } stale)
        {
            Log.StaleQueued(logger, pipeline.Name, stale.Count, stale[0]);
            await WorkAsync(stale, work, ended, progress: null, cancellationToken);
        }
    }

    /// <summary>Waits until one of the dates that wait can go on.</summary>
    /// <returns>False when none waits.</returns>
    private async Task<bool> ArrivedAsync(IReadOnlyCollection<DateOnly>? dates, CancellationToken cancellationToken)
    {
        while (await ledger.WaitingAsync(pipeline.Name, dates, cancellationToken) is { Count: > 0 })
        {
            // Another Worker may have queued them.
            if (await arrivals.WakeAsync(dates, cancellationToken) is { Count: > 0 }
                || await ledger.UnfinishedAsync(pipeline.Name, dates, cancellationToken) is { Count: > 0 })
            {
                return true;
            }
            await Task.Delay(options.Value.ArrivalInterval, clock, cancellationToken);
        }
        return await ledger.UnfinishedAsync(pipeline.Name, dates, cancellationToken) is { Count: > 0 };
    }

    private async Task WorkAsync(
        IReadOnlyCollection<DateOnly>? dates,
        WorkOptions work,
        ConcurrentDictionary<DateOnly, TaskEnd> ended,
        IProgress<TaskEvent>? progress,
        CancellationToken cancellationToken)
    {
        while (await ledger.UnfinishedAsync(pipeline.Name, dates, cancellationToken) is { Count: > 0 } unfinished)
        {
            var worked = await retry.ExecuteAsync(
                token => WorkOnBatchAsync(unfinished, work, ended, progress, token), cancellationToken);
            if (!worked)
            {
                if (!work.WaitForHolders)
                {
                    break;
                }
                Log.WaitingForHolder(logger, pipeline.Name, unfinished[0]);
                await retry.ExecuteAsync(
                    async token =>
                    {
                        await DateClaim.WaitUntilFreeAsync(warehouse, pipeline.Name, unfinished[0], token);
                        return true;
                    },
                    cancellationToken);
            }
        }
    }

    /// <returns>False when every unfinished date is held elsewhere.</returns>
    private async Task<bool> WorkOnBatchAsync(
        IReadOnlyList<DateOnly> unfinished,
        WorkOptions work,
        ConcurrentDictionary<DateOnly, TaskEnd> ended,
        IProgress<TaskEvent>? progress,
        CancellationToken cancellationToken)
    {
        foreach (var batch in unfinished.Chunk(options.Value.BatchDays))
        {
            await using var claim = await DateClaim.TryAcquireAsync(warehouse, pipeline.Name, batch, cancellationToken);
            if (claim is null)
            {
                continue;
            }
            // Whoever held a date until a moment ago may have finished it.
            var dates = await ledger.UnfinishedAsync(pipeline.Name, claim.Dates, cancellationToken);
            if (dates.Count > 0)
            {
                await RunClaimedAsync(claim, dates, work, ended, progress, cancellationToken);
            }
            return true;
        }
        return false;
    }

    private async Task RunClaimedAsync(
        DateClaim claim,
        IReadOnlyList<DateOnly> dates,
        WorkOptions work,
        ConcurrentDictionary<DateOnly, TaskEnd> ended,
        IProgress<TaskEvent>? progress,
        CancellationToken cancellationToken)
    {
        var range = new DataDateRange(dates[0], dates[^1]);
        Log.BatchStarted(logger, pipeline.Name, dates.Count, range);
        using var activity = PipelineTelemetry.Source.StartActivity(pipeline.Name, ActivityKind.Internal);
        activity?.SetTag("platform.pipeline", pipeline.Name).SetTag("platform.data_dates", range.ToString());
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, claim.Lost);
        var batch = new Batch(dates, work, ended, progress);
        try
        {
            var loaded = await LoadAsync(batch, held.Token);
            foreach (var consecutive in DataDateRange.Consecutive(loaded))
            {
                await BuildAsync(batch, consecutive, held.Token);
            }
        }
        catch (Exception) when (claim.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Log.ClaimLost(logger, pipeline.Name, range);
            throw new DateClaimLostException();
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The claim is still held, so the ledger can be put right; a kill leaves that to the next Worker.
            using var grace = new CancellationTokenSource(Grace);
            await ledger.InterruptAsync(pipeline.Name, dates, work.WhenInterrupted, grace.Token);
            Log.Interrupted(logger, pipeline.Name, range, work.WhenInterrupted);
            throw;
        }
    }

    /// <returns>The dates whose partition tasks have all succeeded, ascending.</returns>
    private async Task<IReadOnlyList<DateOnly>> LoadAsync(Batch batch, CancellationToken cancellationToken)
    {
        await ledger.EnterTasksAsync(pipeline.Name, batch.Dates, pipeline.TaskNames, cancellationToken);
        var loaded = new ConcurrentBag<DateOnly>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Value.ParallelDates, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(batch.Dates, parallel, async (date, token) =>
        {
            if (await LoadDateAsync(batch, date, token))
            {
                loaded.Add(date);
            }
        });
        return [.. loaded.Order()];
    }

    private async Task<bool> LoadDateAsync(Batch batch, DateOnly date, CancellationToken cancellationToken)
    {
        await using var facts = await FactsLock.SharedAsync(warehouse, cancellationToken);
        var force = await ledger.StartRunAsync(pipeline.Name, date, cancellationToken);
        // Asked under the lock: until then another Worker's build may take back what is half loaded.
        var done = await ledger.DoneTasksAsync(pipeline.Name, date, cancellationToken);
        foreach (var task in pipeline.PartitionTasks.Where(task => !done.Contains(task.Name)))
        {
            var end = await tasks.RunAsync(
                pipeline.Name, task.Name, [date], last: false,
                token => task.AwaitedAsync(date, token), token => task.RunAsync(date, force, token), cancellationToken);
            batch.Report(date, task.Name, end);
            if (end.State is TaskState.Failed or TaskState.Waiting)
            {
                return false;
            }
        }
        return true;
    }

    private async Task BuildAsync(Batch batch, DataDateRange range, CancellationToken cancellationToken)
    {
        var build = pipeline.BatchTask;
        DateOnly[] dates = [.. range.Dates];
        var end = await tasks.RunAsync(pipeline.Name, build.Name, dates, last: true, awaited: null, BuildWholeDatesAsync, cancellationToken);
        foreach (var date in dates)
        {
            batch.Report(date, build.Name, end, last: true);
        }

        async Task<TaskOutcome> BuildWholeDatesAsync(CancellationToken token)
        {
            await using var facts = await FactsLock.ExclusiveAsync(warehouse, token);
            await WithdrawHalfLoadedAsync(token);
            var seen = await ledger.StaleMarkAsync(range, token);
            var outcome = await build.RunAsync(range, token);
            await ledger.ClearStaleAsync(range, seen, token);
            return outcome;
        }
    }

    private async Task WithdrawHalfLoadedAsync(CancellationToken cancellationToken)
    {
        if (await ledger.HalfLoadedAsync(pipeline, cancellationToken) is { Count: > 0 } dates)
        {
            foreach (var task in pipeline.PartitionTasks.Reverse())
            {
                await task.WithdrawAsync(dates, cancellationToken);
            }
            Log.HalfLoadedWithdrawn(logger, pipeline.Name, dates.Count, dates[0]);
        }
    }

    private sealed record Batch(
        IReadOnlyList<DateOnly> Dates, WorkOptions Work, ConcurrentDictionary<DateOnly, TaskEnd> Ended, IProgress<TaskEvent>? Progress)
    {
        public void Report(DateOnly date, string task, TaskEnd end, bool last = false)
        {
            var ends = last || end.State is TaskState.Failed or TaskState.Waiting;
            if (ends)
            {
                Ended[date] = end;
            }
            Progress?.Report(new(date, task, end, ends));
        }
    }
}

/// <summary>How to work on queued dates.</summary>
internal sealed record WorkOptions
{
    /// <summary>Wait for dates that another Worker runs (and go on with them, should it die); otherwise leave them to it.</summary>
    public bool WaitForHolders { get; init; } = true;

    /// <summary>Wait for partitions that have not landed, looking for them every <see cref="PipelineOptions.ArrivalInterval"/>.</summary>
    public bool WaitForPartitions { get; init; }

    /// <summary>What becomes of the runs when this process is told to stop: queued for the next one, or cancelled.</summary>
    public RunState WhenInterrupted { get; init; } = RunState.Queued;
}

/// <summary>A task of a data date has ended or waits; with <paramref name="RunEnded"/>, the date's run has ended or waits with it.</summary>
internal sealed record TaskEvent(DateOnly Date, string Task, TaskEnd End, bool RunEnded);
