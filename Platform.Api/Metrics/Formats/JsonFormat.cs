using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Metrics.Formats;

/// <summary><c>{"columns": [{"name", "type", "unit"}], "rows": [[...]], "receipt", "published"}</c></summary>
internal sealed class JsonFormat : ResultFormat
{
    /// <summary>Texts are served as application/json, never as part of a page, so they need no more escapes than JSON wants.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private Utf8JsonWriter? writer;

    public override ValueTask BeginAsync(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartArray("columns");
        foreach (var column in answer.Columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name", column.Name);
            writer.WriteString("type", column.Type.Name());
            writer.WriteString("unit", column.Unit);
            writer.WriteString("label", column.Label);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("rows");
        writer.Flush();
        return default;
    }

    public override ValueTask RowAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        writer!.WriteStartArray();
        for (var at = 0; at < answer.Columns.Length; at++)
        {
            JsonValue.Write(writer, answer, at);
        }

        writer.WriteEndArray();
        writer.Flush();
        return default;
    }

    public override ValueTask EndAsync(QueryAnswer answer, AnswerEnd end, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        writer!.WriteEndArray();
        writer.WriteString("receipt", end.Receipt);
        if (end.Page is { } page)
        {
            writer.WriteString("next_cursor", page.NextCursor);
        }

        writer.WriteStartObject("published");
        writer.WriteNumber("publication_id", answer.Publication.Id);
        writer.WriteString("published_at", answer.Publication.PublishedAt.UtcDateTime);
        writer.WriteString("data_date_from", answer.Publication.DataDateFrom?.ToString("O"));
        writer.WriteString("data_date_to", answer.Publication.DataDateTo?.ToString("O"));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return default;
    }

    public override void Dispose() => writer?.Dispose();
}
