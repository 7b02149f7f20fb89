using System.Globalization;
using DbUp.Engine.Output;

namespace Platform.Worker.Warehouse;

/// <summary>dbup's messages in the Worker's log.</summary>
internal sealed partial class MigrationLog(ILogger logger) : IUpgradeLog
{
    public void LogTrace(string format, params object[] args) => Trace(Text(format, args));

    public void LogDebug(string format, params object[] args) => Trace(Text(format, args));

    public void LogInformation(string format, params object[] args) => Information(Text(format, args));

    public void LogWarning(string format, params object[] args) => Warning(Text(format, args));

    public void LogError(string format, params object[] args) => Error(null, Text(format, args));

    public void LogError(Exception ex, string format, params object[] args) => Error(ex, Text(format, args));

    private static string Text(string format, object[] args) =>
        args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);

    [LoggerMessage(100, LogLevel.Debug, "{Message}")]
    private partial void Trace(string message);

    [LoggerMessage(101, LogLevel.Information, "Migration: {Message}")]
    private partial void Information(string message);

    [LoggerMessage(102, LogLevel.Warning, "Migration: {Message}")]
    private partial void Warning(string message);

    [LoggerMessage(103, LogLevel.Error, "Migration: {Message}")]
    private partial void Error(Exception? exception, string message);
}
