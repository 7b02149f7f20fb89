using System.Buffers;
using System.Text;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>CSV after RFC 4180, UTF-8, with a header row; null is the empty field and an empty text is <c>""</c>.</summary>
internal sealed class CsvFormat : ResultFormat
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public override string ContentType => "text/csv; charset=utf-8; header=present";

    public override void Begin(QueryAnswer answer, IBufferWriter<byte> buffer) => Line(answer.Columns.Select(column => column.Name), buffer);

    public override void Row(QueryAnswer answer, IBufferWriter<byte> buffer) => Line(
        answer.Columns.Select((column, at) => answer.Value(at) is { } value ? JsonValue.Text(value, column.Type) : null), buffer);

    public override void End(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer)
    {
    }

    public override void Dispose()
    {
    }

    private static void Line(IEnumerable<string?> fields, IBufferWriter<byte> buffer)
    {
        var separator = "";
        foreach (var field in fields)
        {
            Encoding.UTF8.GetBytes(separator, buffer);
            Encoding.UTF8.GetBytes(Field(field), buffer);
            separator = ",";
        }

        Encoding.UTF8.GetBytes("\n", buffer);
    }

    private static string Field(string? value) =>
        value is null ? ""
        : value.Length == 0 || value.AsSpan().ContainsAny(Special) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : value;
}
