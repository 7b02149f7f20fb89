namespace Platform.Worker.Pipeline.Alerts;

internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Information, "Told {Receiver} of {Count} alerts")]
    public static partial void Sent(ILogger logger, string receiver, int count);

    [LoggerMessage(41, LogLevel.Warning, "Could not tell {Receiver} of {Count} alerts ({Error}); next attempt in {Delay}")]
    public static partial void NotSent(ILogger logger, string receiver, int count, string error, TimeSpan delay);

    [LoggerMessage(42, LogLevel.Warning, "Could not look for alerts to send: {Error}")]
    public static partial void OutboxAway(ILogger logger, string error);
}
