namespace Platform.ServiceDefaults;

/// <summary>Names of ActivitySources and Meters.</summary>
public static class TelemetryNames
{
    /// <summary>The platform's own: every <c>ActivitySource</c> and <c>Meter</c> of a name <c>Platform.{Feature}</c> is exported.</summary>
    public const string Platform = "Platform.*";

    /// <summary>The scheduler's spans.</summary>
    public const string Quartz = "Quartz";

    /// <summary>Retries and timeouts of outgoing HTTP calls.</summary>
    public const string Polly = "Polly";
}
