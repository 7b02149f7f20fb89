using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>An alert in words, which each kind of receiver lays out in its own way.</summary>
/// <param name="Alert">What it is about.</param>
/// <param name="Title">One line.</param>
/// <param name="Message">What is the matter.</param>
/// <param name="Remedy">What to do about it; null when there is nothing to do.</param>
/// <param name="Run">The way to the run; null when it has none, or nobody has told where.</param>
internal sealed record AlertText(Alert Alert, string Title, string Message, string? Remedy, Uri? Run);

/// <summary>Puts alerts into words.</summary>
internal sealed class AlertWords(IOptions<AlertOptions> options)
{
    /// <summary>Receivers take messages of some length only; the whole is in the ledger.</summary>
    private const int MostCharacters = 1000;

    public AlertText Of(Alert alert) => new(alert, TitleOf(alert), Cut(alert.Message), RemedyOf(alert), RunOf(alert));

    private Uri? RunOf(Alert alert) => options.Value.BaseUrl is { } url && alert.DataDate is { } date
        ? new Uri(url.AbsoluteUri.TrimEnd('/') + '/' + options.Value.RunPath.TrimStart('/')
            .Replace("{data_date}", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal))
        : null;

    private static string TitleOf(Alert alert)
    {
        var subject = string.Join(' ', new[]
        {
            alert.Pipeline ?? (alert.Dataset is null ? alert.Domain : $"{alert.Domain}.{alert.Dataset}"),
            alert.DataDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        }.OfType<string>());
        var matter = (alert.Event, alert.Kind, alert.Severity) switch
        {
            (AlertEvent.Test, _, _) => "Test alert",
            (AlertEvent.RunFailed, var fault, _) => $"Run failed ({fault} fault)",
            (_, Incidents.LatePartition, _) => "Partition late",
            (_, Incidents.Freshness, _) => "Data too old",
            (AlertEvent.Opened, Incidents.Deadline, "warning") => "Deadline at risk",
            (AlertEvent.Resolved, Incidents.Deadline, _) => "Deadline",
            (_, Incidents.Deadline, _) => "Deadline missed",
            (_, var kind, _) => kind,
        };
        return (alert.Event == AlertEvent.Resolved ? $"Resolved: {matter}: {subject}" : $"{matter}: {subject}").TrimEnd(':', ' ');
    }

    private static string? RemedyOf(Alert alert)
    {
        var date = alert.DataDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (alert.Event, alert.Kind) switch
        {
            (AlertEvent.Resolved or AlertEvent.Test, _) => null,
            (AlertEvent.RunFailed, "data") => $"Correct the file, land it again, then 'run --date {date}'. What failed: 'runs show --date {date}'.",
            (AlertEvent.RunFailed, "configuration") =>
                $"Correct what the message names, then 'runs clear --date {date} --failed'. The log: 'runs show --date {date}', 'runs logs TASK --date {date}'.",
            (AlertEvent.RunFailed, "infrastructure") =>
                $"Retries did not help. Look whether PostgreSQL and the blob storage answer, then 'runs clear --date {date} --failed'.",
            (AlertEvent.RunFailed, _) => $"Read the log, 'runs show --date {date}' and 'runs logs TASK --date {date}', then 'runs clear --date {date} --failed'.",
            (_, Incidents.LatePartition) => $"Ask the supplier of {alert.Domain} for the files of {date}. The run goes on by itself once they have landed.",
            (_, Incidents.Freshness) => $"Look for runs of {alert.Domain} that failed or wait: 'runs list --state failed', 'runs list --state waiting', 'incidents list'.",
            (_, Incidents.Deadline) => $"'schedule' tells how it stands, 'runs show --date {date}' what the run does. Do what keeps it up, or tell the readers.",
            _ => null,
        };
    }

    private static string Cut(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
}
