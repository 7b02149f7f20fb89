namespace Platform.Worker.Loading;

internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information,
        "Loaded {Domain} of {DataDate:O}: {LoadedRows} rows, {QuarantinedRows} in quarantine, {SkippedDatasets} datasets unchanged, in {Elapsed}")]
    public static partial void Loaded(
        ILogger logger, string domain, DateOnly dataDate, long loadedRows, long quarantinedRows, int skippedDatasets, TimeSpan elapsed);
}
