using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>One JSON object per event, shaped as dbt's structured logs: <c>info</c> is the same for all events, <c>data</c> is the event's own.</summary>
internal sealed class JsonSink(TextWriter writer, EventLevel lowest, Func<Guid> invocation) : IEventSink
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(LogEvent entry, DateTimeOffset at)
    {
        if (entry.Level < lowest)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, Data(entry));
            json.WriteStartObject("info");
            json.WriteString("category", "");
            json.WriteString("code", entry.Code);
            json.WriteStartObject("extra");
            json.WriteEndObject();
            json.WriteString("invocation_id", invocation().ToString());
            json.WriteString("level", entry.Level.ToString().ToLowerInvariant());
            json.WriteString("msg", Paint.Strip(entry.Message));
            json.WriteString("name", entry.Name);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteString("thread", entry.Thread);
            json.WriteString("ts", Instant(at));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public void Dispose() => writer.Flush();

    private static Dictionary<string, object?> Data(LogEvent entry)
    {
        var data = new Dictionary<string, object?>(entry.Data);
        if (entry.Node is { } node)
        {
            data["node_info"] = NodeInfo.Of(node, entry.Result);
        }

        return data;
    }

    internal static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
