using System.Text.Json;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Metrics.Formats;

/// <summary>Values as PostgreSQL writes them, as JSON: numbers with all their digits, dates and times in ISO 8601.</summary>
internal static class JsonValue
{
    // 294276-12-31T23:59:59.999999Z, the longest that PostgreSQL writes, and room for BC.
    private const int LongestTime = 40;

    public static void Write(Utf8JsonWriter writer, QueryAnswer answer, int column)
    {
        if (answer.TryGet(column, out var value))
        {
            Write(writer, value, answer.Columns[column].Type);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> value, DataType type)
    {
        switch (type)
        {
            case DataType.Integer or DataType.Decimal or DataType.Double:
                WriteNumber(writer, value);
                break;
            case DataType.Boolean:
                writer.WriteBooleanValue(value[0] == 't');
                break;
            case DataType.Timestamp or DataType.TimestampTz when value.Length < LongestTime:
                Span<byte> time = stackalloc byte[LongestTime];
                writer.WriteStringValue(time[..Time(value, time)]);
                break;
            default:
                writer.WriteStringValue(value);
                break;
        }
    }

    /// <summary>Times get the T and the Z of ISO 8601: <c>2026-01-31 12:00:00+00</c> becomes <c>2026-01-31T12:00:00Z</c>.</summary>
    /// <returns>Bytes written.</returns>
    public static int Time(ReadOnlySpan<byte> value, Span<byte> iso)
    {
        var length = value.EndsWith("+00"u8) ? value.Length - 3 : value.Length;
        value[..length].CopyTo(iso);
        if (iso[..length].IndexOf((byte)' ') is >= 0 and var space)
        {
            iso[space] = (byte)'T';
        }

        iso[length] = (byte)'Z';
        return length + 1;
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> value)
    {
        // JSON has no NaN and no infinity.
        if (value[^1] is (byte)'N' or (byte)'y')
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(value, skipInputValidation: true);
        }
    }
}
