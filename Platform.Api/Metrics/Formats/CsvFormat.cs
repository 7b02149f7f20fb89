using System.Buffers;
using System.Text;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Metrics.Formats;

/// <summary>CSV after RFC 4180, UTF-8, with a header row; null is the empty field and an empty text is <c>""</c>.</summary>
/// <param name="safe">
/// Texts that a spreadsheet would take for a formula (<c>=</c>, <c>+</c>, <c>-</c>, <c>@</c>, tab, line ends first) get a <c>'</c> before them,
/// as OWASP advises. Numbers stay numbers.
/// </param>
internal sealed class CsvFormat(bool safe) : ResultFormat
{
    private const int LongestTime = 40;

    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    public override ValueTask BeginAsync(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        for (var at = 0; at < answer.Columns.Length; at++)
        {
            Separate(at, buffer);
            Text(Encoding.UTF8.GetBytes(answer.Columns[at].Name), buffer);
        }

        buffer.Write("\n"u8);
        return default;
    }

    public override ValueTask RowAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        for (var at = 0; at < answer.Columns.Length; at++)
        {
            Separate(at, buffer);
            if (answer.TryGet(at, out var value))
            {
                Write(value, answer.Columns[at].Type, buffer);
            }
        }

        buffer.Write("\n"u8);
        return default;
    }

    public override ValueTask EndAsync(QueryAnswer answer, AnswerEnd end, IBufferWriter<byte> buffer, CancellationToken cancellationToken) => default;

    public override void Dispose()
    {
    }

    private static void Separate(int column, IBufferWriter<byte> buffer)
    {
        if (column > 0)
        {
            buffer.Write(","u8);
        }
    }

    private void Write(ReadOnlySpan<byte> value, DataType type, IBufferWriter<byte> buffer)
    {
        switch (type)
        {
            case DataType.Integer or DataType.Decimal or DataType.Double or DataType.Date:
                buffer.Write(value);
                break;
            case DataType.Boolean:
                buffer.Write(value[0] == 't' ? "true"u8 : "false"u8);
                break;
            case DataType.Timestamp or DataType.TimestampTz when value.Length < LongestTime:
                Span<byte> time = stackalloc byte[LongestTime];
                buffer.Write(time[..JsonValue.Time(value, time)]);
                break;
            default:
                Text(value, buffer);
                break;
        }
    }

    private void Text(ReadOnlySpan<byte> value, IBufferWriter<byte> buffer)
    {
        var formula = safe && value.Length > 0 && value[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' or (byte)'\n';
        if (value.Length > 0 && !value.ContainsAny(Special))
        {
            if (formula)
            {
                buffer.Write("'"u8);
            }

            buffer.Write(value);
            return;
        }

        buffer.Write(formula ? "\"'"u8 : "\""u8);
        while (value.IndexOf((byte)'"') is >= 0 and var quote)
        {
            buffer.Write(value[..quote]);
            buffer.Write("\"\""u8);
            value = value[(quote + 1)..];
        }

        buffer.Write(value);
        buffer.Write("\""u8);
    }
}
