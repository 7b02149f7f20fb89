using System.Diagnostics;

namespace Platform.Worker.Pipeline;

/// <summary>Runs one task on its dates: enters every attempt in the ledger, tries again after infrastructure faults, and says how it ended.</summary>
internal sealed class TaskRunner(RunLedger ledger, InfrastructureRetry retry, ILogger<TaskRunner> logger)
{
    /// <returns>The task's final state, success, skipped or failed; an interruption throws.</returns>
    public async Task<TaskEnd> RunAsync(
        string pipeline,
        string task,
        IReadOnlyList<DateOnly> dates,
        bool last,
        Func<CancellationToken, Task<TaskOutcome>> work,
        CancellationToken cancellationToken)
    {
        var range = new DataDateRange(dates[0], dates[^1]);
        using var activity = PipelineTelemetry.Source.StartActivity(task);
        activity?.SetTag("platform.pipeline", pipeline).SetTag("platform.task", task).SetTag("platform.data_date", range.ToString());
        var started = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await retry.ExecuteAsync(
                async token =>
                {
                    await ledger.StartTaskAsync(pipeline, dates, task, token);
                    return await work(token);
                },
                cancellationToken,
                async (exception, attempt, delay) =>
                {
                    Log.TaskRetried(logger, task, range, attempt, exception.Message, delay);
                    await ledger.FailAttemptAsync(pipeline, dates, task, Fault.Infrastructure, exception.Message, cancellationToken);
                });
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

/// <summary>How a task ended, and if it failed, whose fault it was and why.</summary>
internal sealed record TaskEnd(TaskState State)
{
    public long? Rows { get; init; }

    public Fault? Fault { get; init; }

    public string? Error { get; init; }
}
