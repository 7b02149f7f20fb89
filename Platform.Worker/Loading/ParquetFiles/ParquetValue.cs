using System.Buffers;
using System.Globalization;
using System.Text;
using Parquet.Data;

namespace Platform.Worker.Loading.ParquetFiles;

/// <summary>Values as the text that a CSV file of the default form has for them, exactly.</summary>
internal static class ParquetValue
{
    private const int LongestNumber = 64;

    /// <summary>What the library makes of bytes that are no UTF-8.</summary>
    private const char Replacement = '\uFFFD';

    public static void Write(ArrayBufferWriter<byte> text, ReadOnlyMemory<char> value)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = 0;
        var rest = value.Span;
        for (int invalid; (invalid = rest.IndexOf(Replacement)) >= 0; rest = rest[(invalid + 1)..])
        {
            length += Encoding.UTF8.GetBytes(rest[..invalid], utf8.AsSpan(length));
            utf8[length++] = Utf8Stream.Invalid;
        }

        length += Encoding.UTF8.GetBytes(rest, utf8.AsSpan(length));
        ParquetColumn.WriteText(text, utf8.AsSpan(0, length), isOnly: false);
        ArrayPool<byte>.Shared.Return(utf8);
    }

    public static void Write(ArrayBufferWriter<byte> text, ReadOnlyMemory<byte> value) => ParquetColumn.WriteText(text, value.Span, isOnly: false);

    public static void Write(ArrayBufferWriter<byte> text, bool value) => text.Write(value ? "true"u8 : "false"u8);

    public static void Write(ArrayBufferWriter<byte> text, DateOnly value) => WriteFormatted(text, value, "O");

    public static void WriteUtc(ArrayBufferWriter<byte> text, DateTime value)
    {
        WriteLocal(text, value);
        text.Write("Z"u8);
    }

    public static void WriteLocal(ArrayBufferWriter<byte> text, DateTime value) => WriteFormatted(text, value, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF");

    public static void WriteNumber<T>(ArrayBufferWriter<byte> text, T value)
        where T : IUtf8SpanFormattable => WriteFormatted(text, value, "");

    /// <summary>The shortest text that gives the same number back, without exponent where a decimal can write it.</summary>
    public static void WriteFloat<T>(ArrayBufferWriter<byte> text, T value)
        where T : IFormattable
    {
        var number = value.ToString(null, CultureInfo.InvariantCulture);
        if (number.Contains('E', StringComparison.Ordinal)
            && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && exact != 0)
        {
            Write(text, exact);
            return;
        }

        text.Write(Encoding.UTF8.GetBytes(number));
    }

    /// <summary>Without the zeros at its end: the type of the column says how many there are, and not the value.</summary>
    public static void Write(ArrayBufferWriter<byte> text, decimal value)
    {
        var number = text.GetSpan(LongestNumber);
        _ = value.TryFormat(number, out var length, default, CultureInfo.InvariantCulture);
        var trimmed = number[..length];
        text.Advance((trimmed.Contains((byte)'.') ? trimmed.TrimEnd((byte)'0').TrimEnd((byte)'.') : trimmed).Length);
    }

    public static void Write(ArrayBufferWriter<byte> text, BigDecimal value)
    {
        var digits = System.Numerics.BigInteger.Abs(value.UnscaledValue).ToString(CultureInfo.InvariantCulture).PadLeft(value.Scale + 1, '0');
        var number = (value.UnscaledValue.Sign < 0 ? "-" : "") + digits[..^value.Scale] + (value.Scale == 0 ? "" : $".{digits[^value.Scale..]}".TrimEnd('0').TrimEnd('.'));
        text.Write(Encoding.UTF8.GetBytes(number));
    }

    private static void WriteFormatted<T>(ArrayBufferWriter<byte> text, T value, string format)
        where T : IUtf8SpanFormattable
    {
        _ = value.TryFormat(text.GetSpan(LongestNumber), out var length, format, CultureInfo.InvariantCulture);
        text.Advance(length);
    }
}
