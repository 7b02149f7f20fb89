using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Worker.Pipeline.Alerts.Formats;

/// <summary>Our own form, for programs: <c>{"version": 1, "alerts": [{id, at, event, severity, kind, ..., title, message, remedy, run}]}</c>.</summary>
internal static class JsonMessage
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static JsonObject Of(IReadOnlyList<AlertText> alerts) => new()
    {
        ["version"] = 1,
        ["alerts"] = JsonSerializer.SerializeToNode(
            alerts.Select(text => new
            {
                text.Alert.Id, text.Alert.At, text.Alert.Event, text.Alert.Severity, text.Alert.Kind, text.Alert.Pipeline, text.Alert.Domain, text.Alert.Dataset,
                text.Alert.DataDate, text.Title, text.Alert.Message, text.Remedy, Run = text.Run?.AbsoluteUri,
            }),
            Json),
    };
}
