namespace Platform.Worker.Loading;

internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information,
        "Loaded {Domain} of {DataDate:O}: {LoadedRows} rows, {QuarantinedRows} in quarantine, {SkippedDatasets} datasets unchanged, in {Elapsed}")]
    public static partial void Loaded(
        ILogger logger, string domain, DateOnly dataDate, long loadedRows, long quarantinedRows, int skippedDatasets, TimeSpan elapsed);

    [LoggerMessage(301, LogLevel.Warning, "{Domain}.{Dataset} of {DataDate:O}: {Check}")]
    public static partial void RuleBroken(ILogger logger, string domain, string dataset, DateOnly dataDate, string check);
}
