using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Following;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Pipeline;

/// <summary>
/// Works off what the ledger has queued: claims a batch of data dates, generates and loads them side by side, then builds once for each
/// range of consecutive dates whose loads succeeded. Any number of Workers may do so at once.
/// </summary>
internal sealed class PipelineRunner(
    PipelineDefinition pipeline,
    RunLedger ledger,
    TaskRunner tasks,
    RunFollower follower,
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

    /// <summary>The dates that are queued or running, in their turn.</summary>
    public async Task<IReadOnlyList<DateOnly>> UnfinishedAsync(CancellationToken cancellationToken) =>
        await ledger.UnfinishedAsync(pipeline.Name, dates: null, cancellationToken);

    public Task<bool> IsPausedAsync(CancellationToken cancellationToken) => ledger.IsPausedAsync(pipeline.Name, cancellationToken);

    /// <summary>Requests the dates: from here on the ledger holds the request, and any Worker may work on it.</summary>
    /// <returns>The dates that were not already queued or running, nor left alone because they have succeeded.</returns>
    public async Task<IReadOnlyList<DateOnly>> QueueAsync(
        IReadOnlyCollection<DateOnly> dates, RunTrigger trigger, bool again, bool force, CancellationToken cancellationToken) =>
        await QueueAsync(dates, new RunOrder(trigger) { Again = again, Force = force }, cancellationToken);

    /// <inheritdoc cref="QueueAsync(IReadOnlyCollection{DateOnly}, RunTrigger, bool, bool, CancellationToken)"/>
    public async Task<IReadOnlyList<DateOnly>> QueueAsync(
        IReadOnlyCollection<DateOnly> dates, RunOrder order, CancellationToken cancellationToken) =>
        await ledger.QueueAsync(pipeline.Name, dates, order, cancellationToken);

    /// <summary>
    /// Works on those of the dates (of all, if null) that are queued, or running without anybody who runs them, until none is left to do,
    /// here or in another Worker, or until the pipeline is paused. A date whose partition has not landed is left waiting, unless <paramref name="work"/> says to wait with it.
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
            while (work.WaitForPartitions
                && !await IsPausedAsync(cancellationToken)
                && await ArrivedAsync(dates, cancellationToken));
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
            if (await IsPausedAsync(cancellationToken))
            {
                Log.Paused(logger, pipeline.Name, unfinished.Count);
                break;
            }
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
            // Whoever held a date until a moment ago may have finished it. In their turn, which the claim does not keep.
            var runs = await ledger.ClaimedAsync(pipeline.Name, [.. batch.Where(claim.Dates.Contains)], cancellationToken);
            if (runs.Count > 0)
            {
                await RunClaimedAsync(new(claim, runs, work, ended, progress), cancellationToken);
            }
            return true;
        }
        return false;
    }

    private async Task RunClaimedAsync(Batch batch, CancellationToken cancellationToken)
    {
        var (claim, work) = (batch.Claim, batch.Work);
        DateOnly[] dates = [.. batch.Runs.Select(run => run.Date).Order()];
        var range = new DataDateRange(dates[0], dates[^1]);
        Log.BatchStarted(logger, pipeline.Name, dates.Length, range);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, claim.Lost);
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
            batch.Interrupted();
            Log.Interrupted(logger, pipeline.Name, range, work.WhenInterrupted);
            throw;
        }
        finally
        {
            batch.Leave();
        }
    }

    /// <returns>The dates whose partition tasks have all succeeded and that are to be built, ascending.</returns>
    private async Task<IReadOnlyList<DateOnly>> LoadAsync(Batch batch, CancellationToken cancellationToken)
    {
        // Of a Worker that is gone, or told between its claim and here.
        if (batch.Runs.Where(run => run.CancelRequested).Select(run => run.Date).ToList() is { Count: > 0 } cancelled)
        {
            await CancelAsync(batch, cancelled, cancellationToken);
        }
        ClaimedRun[] runs = [.. batch.Runs.Where(run => !run.CancelRequested)];
        await ledger.EnterTasksAsync(pipeline.Name, [.. runs.Select(run => run.Date)], pipeline.TaskNames, cancellationToken);
        var loaded = new ConcurrentBag<DateOnly>();
        var degree = runs.Length > 0 && runs.All(run => run.Parallel is not null) ? runs.Max(run => run.Parallel!.Value) : options.Value.ParallelDates;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(runs, parallel, async (run, token) =>
        {
            if (await LoadUnlessCancelledAsync(batch, run, token))
            {
                loaded.Add(run.Date);
            }
        });
        return [.. loaded.Order()];
    }

    private async Task<bool> LoadUnlessCancelledAsync(Batch batch, ClaimedRun run, CancellationToken cancellationToken)
    {
        var cancelled = batch.Claim.Cancelled(run.Date);
        using var own = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cancelled);
        try
        {
            // Before the facts: who waits for a place keeps no build waiting.
            await using var active = await PlaceAsync("platform.active_runs", options.Value.MaxActiveRuns, own.Token);
            await using var place = await PlaceAsync($"platform.backfill.{run.Backfill}", run.Parallel ?? 0, own.Token);
            await using var facts = await FactsLock.SharedAsync(warehouse, own.Token);
            return await facts.WhileHeldAsync(token => LoadDateAsync(batch, run.Date, token), own.Token);
        }
        catch (Exception) when (cancelled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(batch, [run.Date], cancellationToken);
            return false;
        }
    }

    /// <returns>Whether the date is to be built.</returns>
    private async Task<bool> LoadDateAsync(Batch batch, DateOnly date, CancellationToken cancellationToken)
    {
        if (await ledger.StartRunAsync(pipeline.Name, date, cancellationToken) is not var (force, requestedAt))
        {
            return false;
        }
        var run = batch.Followed[date] = follower.Begin(new RunIdentity(pipeline.Name, date, requestedAt));
        // Asked under the lock: until then another Worker's build may take back what is half loaded.
        var done = await ledger.DoneTasksAsync(pipeline.Name, date, cancellationToken);
        var load = new DateLoad(pipeline.PartitionTasks, done, options.Value.MaxParallelTasks);
        await load.RunAsync(
            (task, token) => RunTaskAsync(task, run, force, token),
            (task, end, ended, bad) =>
            {
                batch.Progress?.Report(new(date, task, end, LoadEnded: ended, RunEnded: bad is not null));
            },
            cancellationToken);
        // One task was cleared alone, and it left the facts as they were: the marts are of them already.
        if (load.Bad is null && (load.Changed || !done.Contains(pipeline.BatchTask.Name)))
        {
            return true;
        }
        await ledger.SettleAsync(pipeline.Name, date, cancellationToken);
        batch.End(date, load.Bad ?? new TaskEnd(TaskState.Success));
        return false;
    }

    private async Task<TaskEnd> RunTaskAsync(IPartitionTask task, FollowedRun run, bool force, CancellationToken cancellationToken)
    {
        var pool = options.Value.TaskPools.GetValueOrDefault(task.Name);
        await using var place = pool is null ? null : await PlaceAsync($"platform.pool.{pool}", options.Value.Pools[pool], cancellationToken);
        return await tasks.RunAsync(
            pipeline.Name, task.Name, [run], pipeline.After(task.Name),
            token => task.AwaitedAsync(run.Date, token), token => task.RunAsync(run.Date, force, token), cancellationToken);
    }

    /// <summary>Waits for one of so many places, in all Workers together; 0 places mean no limit.</summary>
    private async Task<AdvisoryLock?> PlaceAsync(string name, int places, CancellationToken cancellationToken) =>
        places == 0 ? null : await AdvisoryLock.AcquirePlaceAsync(warehouse, name, places, clock, cancellationToken);

    /// <summary>Somebody wants the runs cancelled, and nothing works on them any more.</summary>
    private async Task CancelAsync(Batch batch, IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken)
    {
        await ledger.InterruptAsync(pipeline.Name, dates, RunState.Cancelled, cancellationToken);
        foreach (var date in dates)
        {
            Log.RunCancelled(logger, pipeline.Name, date);
            batch.End(date, new TaskEnd(TaskState.Cancelled));
        }
    }

    private async Task BuildAsync(Batch batch, DataDateRange range, CancellationToken cancellationToken)
    {
        var build = pipeline.BatchTask;
        DateOnly[] dates = [.. range.Dates];
        using var own = CancellationTokenSource.CreateLinkedTokenSource([cancellationToken, .. dates.Select(batch.Claim.Cancelled)]);
        try
        {
            FollowedRun[] runs = [.. dates.Select(date => batch.Followed[date])];
            var end = await tasks.RunAsync(pipeline.Name, build.Name, runs, after: [], awaited: null, BuildWholeDatesAsync, own.Token);
            foreach (var date in dates)
            {
                batch.End(date, end);
                batch.Progress?.Report(new(date, build.Name, end, LoadEnded: false, RunEnded: true));
            }
        }
        catch (Exception) when (own.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            DateOnly[] cancelled = [.. dates.Where(date => batch.Claim.Cancelled(date).IsCancellationRequested)];
            await CancelAsync(batch, cancelled, cancellationToken);
            // The others are built without them.
            await ledger.InterruptAsync(pipeline.Name, [.. dates.Except(cancelled)], RunState.Queued, cancellationToken);
        }

        async Task<TaskOutcome> BuildWholeDatesAsync(CancellationToken token)
        {
            await using var facts = await FactsLock.ExclusiveAsync(warehouse, token);
            return await facts.WhileHeldAsync(BuildAloneAsync, token);
        }

        async Task<TaskOutcome> BuildAloneAsync(CancellationToken token)
        {
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
        DateClaim Claim,
        IReadOnlyList<ClaimedRun> Runs,
        WorkOptions Work,
        ConcurrentDictionary<DateOnly, TaskEnd> Ended,
        IProgress<TaskEvent>? Progress)
    {
        /// <summary>The runs of the dates that were begun.</summary>
        public ConcurrentDictionary<DateOnly, FollowedRun> Followed { get; } = new();

        /// <summary>The work was interrupted, and what the runs are now the ledger has been told.</summary>
        public void Interrupted()
        {
            if (Work.WhenInterrupted is RunState.Cancelled)
            {
                foreach (var run in Followed.Values)
                {
                    run.End(RunState.Cancelled);
                }
            }
        }

        /// <summary>This process works on the dates no longer, whether or not their runs have ended.</summary>
        public void Leave()
        {
            foreach (var run in Followed.Values)
            {
                run.Leave(Work.WhenInterrupted.Word());
            }
        }

        /// <summary>The run of the date has ended, or waits.</summary>
        public void End(DateOnly date, TaskEnd end)
        {
            Ended[date] = end;
            if (!Followed.TryGetValue(date, out var run))
            {
                return;
            }
            switch (end.State)
            {
                case TaskState.Waiting:
                    run.Leave(RunState.Waiting.Word());
                    break;
                case TaskState.Cancelled:
                    run.End(RunState.Cancelled);
                    break;
                default:
                    run.End(end.State is TaskState.Failed ? RunState.Failed : RunState.Success, end.Error);
                    break;
            }
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

/// <summary>
/// A task of a data date has ended or waits. With <paramref name="LoadEnded"/>, its partition tasks are over, well or not; with
/// <paramref name="RunEnded"/>, the date's run has ended or waits.
/// </summary>
internal sealed record TaskEvent(DateOnly Date, string Task, TaskEnd End, bool LoadEnded, bool RunEnded);
