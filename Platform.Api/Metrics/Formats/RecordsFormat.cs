using System.Buffers;
using System.Text.Json;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>A flat array of objects, for tools that read nothing else: <c>[{"metric_time__month": "2026-01-01", "revenue": 12.50}]</c></summary>
internal sealed class RecordsFormat : ResultFormat
{
    private Utf8JsonWriter? writer;
    private JsonEncodedText[] names = [];

    public override ValueTask BeginAsync(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        names = [.. answer.Columns.Select(column => JsonEncodedText.Encode(column.Name, JsonFormat.WriterOptions.Encoder))];
        writer = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions);
        writer.WriteStartArray();
        writer.Flush();
        return default;
    }

    public override ValueTask RowAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        writer!.WriteStartObject();
        for (var at = 0; at < names.Length; at++)
        {
            writer.WritePropertyName(names[at]);
            JsonValue.Write(writer, answer, at);
        }

        writer.WriteEndObject();
        writer.Flush();
        return default;
    }

    public override ValueTask EndAsync(QueryAnswer answer, AnswerEnd end, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        writer!.WriteEndArray();
        writer.Flush();
        return default;
    }

    public override void Dispose() => writer?.Dispose();
}
