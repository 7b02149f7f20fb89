namespace Platform.Worker.Pipeline.Logs;

/// <summary>Hands what is logged on behalf of a task to the task's log, with its exception.</summary>
[ProviderAlias("TaskLog")]
internal sealed class TaskLogProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TaskLogger();

    public void Dispose()
    {
    }

    private sealed class TaskLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && TaskLog.Current is not null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (TaskLog.Current is { } log && logLevel >= LogLevel.Information)
            {
                log.Add(logLevel, exception is null ? formatter(state, exception) : $"{formatter(state, exception)}\n{exception}");
            }
        }
    }
}
