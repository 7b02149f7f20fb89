using System.Diagnostics;

namespace Platform.Worker.Pipeline;

/// <summary>Runs one task on its dates: enters every attempt in the ledger, tries again after infrastructure faults, and says how it ended.</summary>
internal sealed class TaskRunner(RunLedger ledger, InfrastructureRetry retry, ILogger<TaskRunner> logger)
{
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="task">The task's name.</param>
    /// <param name="dates">Consecutive data dates.</param>
    /// <param name="last">Whether the runs end with the task.</param>
    /// <param name="awaited">Looks for what the task cannot start without; null when there is no such thing.</param>
    /// <param name="work">The work, safe to do again.</param>
    /// <param name="cancellationToken">Interrupts the task.</param>
    /// <returns>The task's state: success, skipped, failed or waiting; an interruption throws.</returns>
    public async Task<TaskEnd> RunAsync(
        string pipeline,
        string task,
        IReadOnlyList<DateOnly> dates,
        bool last,
        Func<CancellationToken, Task<AwaitedPartition?>>? awaited,
        Func<CancellationToken, Task<TaskOutcome>> work,
        CancellationToken cancellationToken)
    {
        var range = new DataDateRange(dates[0], dates[^1]);
        using var activity = PipelineTelemetry.Source.StartActivity(task);
        activity?.SetTag("platform.pipeline", pipeline).SetTag("platform.task", task).SetTag("platform.data_date", range.ToString());
        var started = Stopwatch.GetTimestamp();
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
                    await ledger.StartTaskAsync(pipeline, dates, task, token);
                    return await work(token);
                },
                cancellationToken,
                async (exception, attempt, delay) =>
                {
                    Log.TaskRetried(logger, task, range, attempt, exception.Message, delay);
                    await ledger.FailAttemptAsync(pipeline, dates, task, Fault.Infrastructure, exception.Message, cancellationToken);
                });
            if (outcome is null)
            {
                Log.TaskWaits(logger, task, range, missing!.Missing);
                await ledger.WaitAsync(pipeline, dates, task, missing.Missing, cancellationToken);
                return new(TaskState.Waiting) { Error = missing.Missing };
            }
            await ledger.CompleteTaskAsync(pipeline, dates, task, outcome, last, cancellationToken);
            Log.TaskSucceeded(logger, task, range, Stopwatch.GetElapsedTime(started), outcome.Rows);
            return new(outcome.Skipped ? TaskState.Skipped : TaskState.Success) { Rows = outcome.Rows };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var fault = FaultClassifier.Classify(exception);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            Log.TaskFailed(logger, fault is Fault.Unexpected ? exception : null, task, range, fault, exception.Message);
            await ledger.FailTaskAsync(pipeline, dates, task, fault, exception.Message, cancellationToken);
            return new(TaskState.Failed) { Fault = fault, Error = exception.Message };
        }
    }
}

/// <summary>How a task ended; if it failed, whose fault it was and why; if it waits, for what.</summary>
internal sealed record TaskEnd(TaskState State)
{
    public long? Rows { get; init; }

    public Fault? Fault { get; init; }

    public string? Error { get; init; }
}
