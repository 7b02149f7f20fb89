using System.Text;
using MimeKit;

namespace Platform.Worker.Pipeline.Alerts.Formats;

/// <summary>A mail of plain text.</summary>
internal static class MailMessage
{
    public static MimeMessage Of(IReadOnlyList<AlertText> alerts, string receiver, ReceiverOptions options)
    {
        var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(options.From!));
        message.To.AddRange(options.To.Select(MailboxAddress.Parse));
        message.Subject = MessageParts.Title(alerts);
        // The same when it is sent again, so that a mailbox can tell.
        message.MessageId = $"alert-{alerts[0].Alert.Id}-{alerts[^1].Alert.Id}.{receiver}@{message.From.Mailboxes.Single().Domain}";
        message.Date = alerts[^1].Alert.At;
        // https://www.rfc-editor.org/rfc/rfc3834: nobody's absence is to answer it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Body = new TextPart("plain") { Text = Text(alerts) };
        return message;
    }

    private static string Text(IReadOnlyList<AlertText> alerts)
    {
        var text = new StringBuilder();
        foreach (var alert in alerts.Take(MessageParts.InFull))
        {
            text.Append(alert.Title).Append('\n').Append(alert.Message).Append('\n');
            if (alert.Remedy is { } remedy)
            {
                text.Append("What to do: ").Append(remedy).Append('\n');
            }
            if (alert.Run is { } run)
            {
                text.Append("The run: ").Append(run.AbsoluteUri).Append('\n');
            }
            text.Append(MessageParts.When(alert)).Append("\n\n");
        }
        return text.Append(MessageParts.Rest(alerts)).ToString().TrimEnd() + "\n";
    }
}
