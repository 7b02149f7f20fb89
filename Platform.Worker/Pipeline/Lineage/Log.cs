namespace Platform.Worker.Pipeline.Lineage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Dropped} OpenLineage events could not be sent to {Endpoint} so far and were dropped; the last: {Reason}. Runs go on without")]
    public static partial void Dropped(ILogger logger, long dropped, Uri endpoint, string reason);

    [LoggerMessage(2, LogLevel.Warning, "OpenLineage: {Left} facts still waited after {FlushTimeout} and were dropped with the process")]
    public static partial void NotFlushed(ILogger logger, int left, TimeSpan flushTimeout);
}
