namespace Platform.Worker.Pipeline;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Task} {DataDates} succeeded in {Elapsed}, {Rows} rows")]
    public static partial void TaskSucceeded(ILogger logger, string task, DataDateRange dataDates, TimeSpan elapsed, long? rows);

    [LoggerMessage(2, LogLevel.Warning, "{Task} {DataDates}: attempt {Attempt} met an infrastructure fault ({Error}); next attempt in {Delay}")]
    public static partial void TaskRetried(ILogger logger, string task, DataDateRange dataDates, int attempt, string error, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Error, "{Task} {DataDates} failed, {Fault} fault: {Error}")]
    public static partial void TaskFailed(ILogger logger, Exception? exception, string task, DataDateRange dataDates, Fault fault, string error);

    [LoggerMessage(4, LogLevel.Information, "{Pipeline}: working on {Count} data dates, {DataDates}")]
    public static partial void BatchStarted(ILogger logger, string pipeline, int count, DataDateRange dataDates);

    [LoggerMessage(5, LogLevel.Warning, "{Pipeline}: the claim on {DataDates} was lost with its session; claiming again")]
    public static partial void ClaimLost(ILogger logger, string pipeline, DataDateRange dataDates);

    [LoggerMessage(6, LogLevel.Information, "{Pipeline}: waiting for {DataDate:O}, which another Worker runs")]
    public static partial void WaitingForHolder(ILogger logger, string pipeline, DateOnly dataDate);

    [LoggerMessage(7, LogLevel.Warning, "{Pipeline}: interrupted, {DataDates} left {State}")]
    public static partial void Interrupted(ILogger logger, string pipeline, DataDateRange dataDates, RunState state);

    [LoggerMessage(8, LogLevel.Warning, "{Pipeline}: took the facts of {Count} data dates back, first {DataDate:O}: only a part of their domains is loaded")]
    public static partial void HalfLoadedWithdrawn(ILogger logger, string pipeline, int count, DateOnly dataDate);

    [LoggerMessage(9, LogLevel.Information, "{Task} {DataDates} waits: {Missing}")]
    public static partial void TaskWaits(ILogger logger, string task, DataDateRange dataDates, string missing);

    [LoggerMessage(10, LogLevel.Information, "{Pipeline}: what {Count} data dates waited for has landed, first {DataDate:O}")]
    public static partial void PartitionsLanded(ILogger logger, string pipeline, int count, DateOnly dataDate);

    [LoggerMessage(11, LogLevel.Information, "{Pipeline}: other files have landed than those loaded for {Count} data dates, first {DataDate:O}; running them again")]
    public static partial void PartitionsCorrected(ILogger logger, string pipeline, int count, DateOnly dataDate);

    [LoggerMessage(12, LogLevel.Information, "{Pipeline}: the facts of {Count} data dates have changed since they were built, first {DataDate:O}; building them again")]
    public static partial void StaleQueued(ILogger logger, string pipeline, int count, DateOnly dataDate);

    [LoggerMessage(13, LogLevel.Error, "Incident {Kind}: {Message}")]
    public static partial void IncidentOpened(ILogger logger, string kind, string message);

    [LoggerMessage(14, LogLevel.Information, "Incident {Kind} is over: {Message}")]
    public static partial void IncidentResolved(ILogger logger, string kind, string message);

    [LoggerMessage(15, LogLevel.Information, "{Pipeline} is paused; {Count} data dates stay queued")]
    public static partial void Paused(ILogger logger, string pipeline, int count);

    [LoggerMessage(16, LogLevel.Warning, "{Pipeline}: the run of {DataDate:O} was cancelled")]
    public static partial void RunCancelled(ILogger logger, string pipeline, DateOnly dataDate);

    [LoggerMessage(17, LogLevel.Information, "Pruned history: {Attempts} attempts, {LogLines} lines and {Partitions} months of their logs, {Backfills} backfills, {Alerts} alerts")]
    public static partial void Pruned(ILogger logger, long attempts, long logLines, int partitions, long backfills, long alerts);

    [LoggerMessage(18, LogLevel.Warning, "{Observer} failed to take note of a run")]
    public static partial void ObserverFailed(ILogger logger, Exception exception, string observer);
}
