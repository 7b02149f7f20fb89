namespace Platform.Api.Console;

internal static partial class ConsoleLog
{
    [LoggerMessage(20, LogLevel.Warning, "Metric {Metric} is left out of the start page")]
    public static partial void MetricLeftOut(ILogger logger, string metric, Exception exception);

    [LoggerMessage(21, LogLevel.Warning, "The start page cannot read the warehouse")]
    public static partial void WarehouseUnavailable(ILogger logger, Exception exception);
}
