using System.Text.Json.Nodes;

namespace Platform.Worker.Pipeline.Alerts.Formats;

/// <summary>
/// The form that workflows of Teams take ("when a Teams webhook request is received"): a message with an Adaptive Card,
/// https://adaptivecards.io/explorer/ version 1.4.
/// </summary>
internal static class TeamsMessage
{
    public static JsonObject Of(IReadOnlyList<AlertText> alerts)
    {
        var body = new JsonArray();
        var actions = new JsonArray();
        foreach (var alert in alerts.Take(MessageParts.InFull))
        {
            var title = Text(alert.Title, "bolder");
            title["color"] = Color(alert);
            title["separator"] = body.Count > 0;
            body.Add(title);
            body.Add(Text(alert.Message));
            if (alert.Remedy is { } remedy)
            {
                body.Add(Text($"What to do: {remedy}"));
            }
            body.Add(Text(MessageParts.When(alert), size: "small"));
            // A card shows six actions at most.
            if (alert.Run is { } run && actions.Count < 6)
            {
                actions.Add(new JsonObject
                {
                    ["type"] = "Action.OpenUrl", ["url"] = run.AbsoluteUri, ["title"] = alerts.Count == 1 ? "The run" : $"The run of {alert.Alert.DataDate:yyyy-MM-dd}",
                });
            }
        }
        if (MessageParts.Rest(alerts) is { } rest)
        {
            body.Add(Text(rest));
        }
        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive",
                ["contentUrl"] = null,
                ["content"] = new JsonObject
                {
                    ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                    ["type"] = "AdaptiveCard",
                    ["version"] = "1.4",
                    ["fallbackText"] = MessageParts.Title(alerts),
                    ["body"] = body,
                    ["actions"] = actions,
                },
            }),
        };
    }

    private static JsonObject Text(string text, string weight = "default", string size = "default") =>
        new() { ["type"] = "TextBlock", ["text"] = Escape(text), ["weight"] = weight, ["size"] = size, ["wrap"] = true };

    private static string Color(AlertText alert) => alert.Alert.Severity switch
    {
        "error" => "attention",
        "warning" => "warning",
        _ => "good",
    };

    /// <summary>Texts of cards are a part of Markdown, in which names such as etl_full_pipeline_daily would lose their underscores.</summary>
    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal);
}
