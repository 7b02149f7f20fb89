namespace Platform.AppHost.Embedded.Children;

/// <summary>Which log lines call for attention: true and false for lines that tell, null for those that continue the line before.</summary>
internal static class LogFilters
{
    /// <summary>Shows everything.</summary>
    public static bool? All(string line) => true;

    /// <summary>.NET's console logger: warnings, errors and critical errors.</summary>
    public static bool? DotNet(string line) => line.Split(':', 2)[0] switch
    {
        "trce" or "dbug" or "info" => false,
        "warn" or "fail" or "crit" => true,
        _ when line.StartsWith("Unhandled exception", StringComparison.Ordinal) => true,
        _ => null,
    };

    /// <summary>
    /// PostgreSQL: what stops a session or the server. A statement's error is its client's to report; refusing clients while starting is normal.
    /// </summary>
    public static bool? Postgres(string line) =>
        line.Contains("PANIC:", StringComparison.Ordinal)
        || (line.Contains("FATAL:", StringComparison.Ordinal) && !line.Contains("starting up", StringComparison.Ordinal));

    public static bool? Azurite(string line) => line.Contains("error", StringComparison.OrdinalIgnoreCase);
}
