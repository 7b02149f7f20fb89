using System.Buffers;
using System.Text.Json;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>A flat array of objects, for tools that read nothing else: <c>[{"metric_time__month": "2026-01-01", "revenue": 12.50}]</c></summary>
internal sealed class RecordsFormat : ResultFormat
{
    private Utf8JsonWriter? writer;

    public override string ContentType => "application/json; charset=utf-8";

    public override void Begin(QueryAnswer answer, IBufferWriter<byte> buffer)
    {
        writer = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions);
        writer.WriteStartArray();
        writer.Flush();
    }

    public override void Row(QueryAnswer answer, IBufferWriter<byte> buffer)
    {
        writer!.WriteStartObject();
        for (var at = 0; at < answer.Columns.Length; at++)
        {
            writer.WritePropertyName(answer.Columns[at].Name);
            JsonValue.Write(writer, answer.Value(at), answer.Columns[at].Type);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    public override void End(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer)
    {
        writer!.WriteEndArray();
        writer.Flush();
    }

    public override void Dispose() => writer?.Dispose();
}
