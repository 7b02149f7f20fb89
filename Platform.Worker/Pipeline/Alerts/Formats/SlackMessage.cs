using System.Text.Json.Nodes;

namespace Platform.Worker.Pipeline.Alerts.Formats;

/// <summary>
/// Slack's form of incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
/// https://docs.slack.dev/reference/block-kit/blocks. <c>text</c> is what notifications show.
/// </summary>
internal static class SlackMessage
{
    /// <summary>The most characters of a section's text.</summary>
    private const int MostCharacters = 3000;

    public static JsonObject Of(IReadOnlyList<AlertText> alerts)
    {
        var blocks = new JsonArray();
        foreach (var alert in alerts.Take(MessageParts.InFull))
        {
            blocks.Add(Section(Text(alert)));
        }
        if (MessageParts.Rest(alerts) is { } rest)
        {
            blocks.Add(Section(Escape(rest)));
        }
        return new JsonObject { ["text"] = Escape(MessageParts.Title(alerts)), ["blocks"] = blocks };
    }

    private static string Text(AlertText alert)
    {
        var lines = new List<string> { $"{Sign(alert)} *{Escape(alert.Title)}*", Escape(alert.Message) };
        if (alert.Remedy is { } remedy)
        {
            lines.Add($"*What to do:* {Escape(remedy)}");
        }
        lines.Add(alert.Run is { } run ? $"<{run.AbsoluteUri}|The run> · {MessageParts.When(alert)}" : MessageParts.When(alert));
        return string.Join('\n', lines);
    }

    private static JsonObject Section(string text) => new()
    {
        ["type"] = "section",
        ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = text.Length <= MostCharacters ? text : text[..MostCharacters] },
    };

    private static string Sign(AlertText alert) => alert.Alert.Severity switch
    {
        "error" => ":red_circle:",
        "warning" => ":warning:",
        _ when alert.Alert.Event == AlertEvent.Resolved => ":white_check_mark:",
        _ => ":information_source:",
    };

    /// <summary>https://docs.slack.dev/messaging/formatting-message-text#escaping</summary>
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
