namespace Platform.Worker.Sources;

internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "Generated {Domain} of {DataDate:O}: {Rows} rows, {Defects} of them bad")]
    public static partial void PartitionGenerated(this ILogger logger, string domain, DateOnly dataDate, long rows, int defects);

    [LoggerMessage(401, LogLevel.Information, "{Domain} of {DataDate:O} comes from a supplier and stays as it is")]
    public static partial void SupplierPartitionKept(this ILogger logger, string domain, DateOnly dataDate);
}
