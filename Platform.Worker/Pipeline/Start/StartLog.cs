namespace Platform.Worker.Pipeline.Start;

internal static partial class StartLog
{
    [LoggerMessage(20, LogLevel.Information, "Catch-up: {Count} data dates to do, {From:O} to {To:O}")]
    public static partial void CatchUp(ILogger logger, int count, DateOnly from, DateOnly to);

    [LoggerMessage(21, LogLevel.Warning, "The warehouse does not answer (attempt {Attempt}: {Error}); next attempt in {Delay}")]
    public static partial void WarehouseAway(ILogger logger, int attempt, string error, TimeSpan delay);

    [LoggerMessage(22, LogLevel.Error, "Catch-up was interrupted by an infrastructure fault ({Error}); what is left is taken up once that is over")]
    public static partial void CatchUpInterrupted(ILogger logger, string error);

    [LoggerMessage(23, LogLevel.Critical, "The Worker could not start")]
    public static partial void Failed(ILogger logger, Exception exception);
}
