namespace Platform.Api.Metrics;

internal static partial class QueryLog
{
    [LoggerMessage(10, LogLevel.Warning, "{Path} could not be answered")]
    public static partial void Unanswered(ILogger logger, string path, Exception exception);
}
