using System.Diagnostics;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Following;
using Platform.Worker.Pipeline.Logs;

namespace Platform.Worker.Pipeline;

/// <summary>Runs one task on its dates: enters every attempt in the ledger, tries again after infrastructure faults, and says how it ended.</summary>
internal sealed class TaskRunner(
    RunLedger ledger,
    InfrastructureRetry retry,
    RunFollower follower,
    TaskLogs logs,
    IOptions<PipelineOptions> options,
    TimeProvider clock,
    ILogger<TaskRunner> logger)
{
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="task">The task's name.</param>
    /// <param name="runs">The runs of consecutive data dates, oldest first.</param>
    /// <param name="after">The tasks that cannot run unless this one succeeds; none when the runs end with it.</param>
    /// <param name="awaited">Looks for what the task cannot start without; null when there is no such thing.</param>
    /// <param name="work">The work, safe to do again.</param>
    /// <param name="cancellationToken">Interrupts the task.</param>
    /// <returns>The task's state: success, skipped, failed or waiting; an interruption throws.</returns>
    public async Task<TaskEnd> RunAsync(
        string pipeline,
        string task,
        IReadOnlyList<FollowedRun> runs,
        IReadOnlyList<string> after,
        Func<CancellationToken, Task<AwaitedPartition?>>? awaited,
        Func<CancellationToken, Task<TaskOutcome>> work,
        CancellationToken cancellationToken)
    {
        DateOnly[] dates = [.. runs.Select(run => run.Date)];
        using var followed = follower.BeginTask(task, runs);
        var range = followed.Dates;
        var started = Stopwatch.GetTimestamp();
        var last = after.Count == 0;
        // Open until the end is in the ledger, so that it says how an attempt ended; a retry begins a log of its own.
        TaskLog? log = null;
        try
        {
            AwaitedPartition? missing = null;
            var outcome = await retry.ExecuteAsync<TaskOutcome?>(
                async token =>
                {
                    if (awaited is not null && (missing = await awaited(token)) is not null)
                    {
                        return null;
                    }
                    log = logs.Begin(await ledger.StartTaskAsync(pipeline, dates, task, token));
                    followed.Start();
                    using (log.Capture())
                    {
                        return await WorkAsync(task, work, token);
                    }
                },
                cancellationToken,
                async (exception, attempt, delay) =>
                {
                    followed.Retry(attempt, exception);
                    using (log?.Capture())
                    {
                        Log.TaskRetried(logger, task, range, attempt, exception.Message, delay);
                    }
                    await EndAsync();
                    await ledger.FailAttemptAsync(pipeline, dates, task, Fault.Infrastructure, exception.Message, cancellationToken);
                });
            if (outcome is null)
            {
                Log.TaskWaits(logger, task, range, missing!.Missing);
                await ledger.WaitAsync(pipeline, dates, task, missing.Missing, cancellationToken);
                followed.End(TaskState.Waiting);
                return new(TaskState.Waiting) { Error = missing.Missing };
            }
            using (log?.Capture())
            {
                Log.TaskSucceeded(logger, task, range, Stopwatch.GetElapsedTime(started), outcome.Rows);
            }
            await EndAsync();
            await ledger.CompleteTaskAsync(pipeline, dates, task, outcome, last, cancellationToken);
            var state = outcome.Skipped ? TaskState.Skipped : TaskState.Success;
            followed.End(state, rows: outcome.Rows, made: outcome.Made);
            return new(state) { Rows = outcome.Rows, Changed = outcome.Changed };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var fault = FaultClassifier.Classify(exception);
            using (log?.Capture())
            {
                Log.TaskFailed(logger, fault is Fault.Unexpected ? exception : null, task, range, fault, exception.Message);
            }
            await EndAsync();
            await ledger.FailTaskAsync(pipeline, dates, task, after, last, fault, exception.Message, cancellationToken);
            followed.End(TaskState.Failed, exception.Message, made: (exception as IFailedTask)?.Made);
            return new(TaskState.Failed) { Fault = fault, Error = exception.Message };
        }
        catch (Exception)
        {
            // What becomes of it, the ledger is told by the one who interrupts.
            followed.End(TaskState.Cancelled);
            throw;
        }
        finally
        {
            await EndAsync();
        }

        async ValueTask EndAsync()
        {
            if (log is not null)
            {
                await log.DisposeAsync();
                log = null;
            }
        }
    }

    private async Task<TaskOutcome> WorkAsync(string task, Func<CancellationToken, Task<TaskOutcome>> work, CancellationToken cancellationToken)
    {
        if (options.Value.TimeoutOf(task) is not { } timeout)
        {
            return await work(cancellationToken);
        }
        using var limit = new CancellationTokenSource(timeout, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await work(limited.Token);
        }
        catch (Exception exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{task} did not end within {timeout}; {PipelineOptions.Section}:TaskTimeouts:{task} or {PipelineOptions.Section}:TaskTimeout gives it longer.",
                exception);
        }
    }
}

/// <summary>A task's failure that tells what it made all the same (<see cref="TaskOutcome.Made"/>).</summary>
internal interface IFailedTask
{
    object? Made { get; }
}

/// <summary>How a task ended; if it failed, whose fault it was and why; if it waits, for what.</summary>
internal sealed record TaskEnd(TaskState State)
{
    public long? Rows { get; init; }

    /// <summary>Whether builds see something else than before.</summary>
    public bool Changed { get; init; }

    public Fault? Fault { get; init; }

    public string? Error { get; init; }
}
