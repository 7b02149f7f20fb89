using System.Globalization;
using Platform.Worker.Landing;

namespace Platform.Worker.Sources.Story;

/// <summary>
/// Numbers of documents: a prefix, the day of the order (or of the document) and a running number, <c>O20260131-000001</c>.
/// </summary>
internal static class DocumentNumber
{
    private const int Longest = 40;

    /// <summary>Writes a number as a field.</summary>
    /// <param name="csv">File to write to.</param>
    /// <param name="prefix">Kind of document.</param>
    /// <param name="date">Day in the number.</param>
    /// <param name="number">Running number.</param>
    /// <param name="digits">Digits of the running number.</param>
    /// <param name="part">Part of the document, from 1; 0 for a document without parts.</param>
    public static void Document(this CsvFileWriter csv, ReadOnlySpan<byte> prefix, DateOnly date, int number, int digits = 6, int part = 0)
    {
        Span<byte> text = stackalloc byte[Longest];
        prefix.CopyTo(text);
        var length = prefix.Length;
        var (year, month, day) = date;
        length = Digits(text, length, 8, (year * 10_000) + (month * 100) + day);
        text[length++] = (byte)'-';
        length = Digits(text, length, digits, number);
        if (part > 0)
        {
            text[length++] = (byte)'-';
            length = Digits(text, length, 1, part);
        }

        csv.Text(text[..length]);
    }

    /// <summary>Writes a customer's number as a field.</summary>
    public static void CustomerNumber(this CsvFileWriter csv, int number)
    {
        Span<byte> text = stackalloc byte[Longest];
        text[0] = (byte)'C';
        number.TryFormat(text[1..], out var written, "0000000", CultureInfo.InvariantCulture);
        csv.Text(text[..(written + 1)]);
    }

    /// <summary>Writes a product's number as a field.</summary>
    /// <param name="csv">File to write to.</param>
    /// <param name="index">Position in the catalogue, from 0.</param>
    public static void ProductNumber(this CsvFileWriter csv, int index)
    {
        Span<byte> text = [(byte)'P', 0, 0, 0, 0];
        Digits(text, 1, 4, index + 1);
        csv.Text(text);
    }

    private static int Digits(Span<byte> target, int start, int count, int value)
    {
        for (var index = start + count - 1; index >= start; index--)
        {
            target[index] = (byte)('0' + (value % 10));
            value /= 10;
        }

        return start + count;
    }
}
