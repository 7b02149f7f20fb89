using System.Globalization;

namespace Platform.Worker.Pipeline.Alerts.Formats;

/// <summary>What all messages have: the alerts told in full, and one line for those beyond.</summary>
internal static class MessageParts
{
    /// <summary>So many alerts of one message are told in full.</summary>
    public const int InFull = 10;

    public static string Title(IReadOnlyList<AlertText> alerts) =>
        alerts.Count == 1 ? alerts[0].Title : string.Create(CultureInfo.InvariantCulture, $"{alerts.Count} alerts, first {alerts[0].Title}");

    /// <returns>Null when all are told in full.</returns>
    public static string? Rest(IReadOnlyList<AlertText> alerts) => alerts.Count <= InFull
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"And {alerts.Count - InFull} more: 'alerts list', 'runs list --state failed', 'incidents list'.");

    public static string When(AlertText alert) => alert.Alert.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
