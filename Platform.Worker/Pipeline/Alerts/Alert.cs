namespace Platform.Worker.Pipeline.Alerts;

/// <summary>Something that receivers are told.</summary>
/// <param name="Id">Its id: a receiver that gets it twice knows by it.</param>
/// <param name="At">When it happened.</param>
/// <param name="Event">incident_opened, incident_worsened, incident_resolved, run_failed or test.</param>
/// <param name="Severity">info, warning or error.</param>
/// <param name="Kind">The incident's kind; of a failed run the class of its error.</param>
/// <param name="Message">What is the matter, for people.</param>
internal sealed record Alert(
    long Id,
    DateTimeOffset At,
    string Event,
    string Severity,
    string Kind,
    string? Pipeline,
    string? Domain,
    string? Dataset,
    DateOnly? DataDate,
    string Message);

/// <summary>The words of <see cref="Alert.Event"/>.</summary>
internal static class AlertEvent
{
    public const string Opened = "incident_opened";
    public const string Worsened = "incident_worsened";
    public const string Resolved = "incident_resolved";
    public const string RunFailed = "run_failed";
    public const string Test = "test";
}
