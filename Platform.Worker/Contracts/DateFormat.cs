namespace Platform.Worker.Contracts;

/// <summary>
/// A form of dates or timestamps in the letters of Java's DateTimeFormatter, as ODCS 3.1 writes it. Implemented are the letters whose text
/// is digits: <c>y u M d H m s S</c>, the offsets <c>X x</c>, and literal text.
/// </summary>
internal static class DateFormat
{
    private const string Letters = "yMdHmsSX";

    /// <summary>Why a column of the type cannot have this format; null when it can.</summary>
    public static string? Fault(string format, ColumnType type)
    {
        var (parts, fault) = Read(format);
        if (fault is not null)
        {
            return fault;
        }

        var letters = parts.Where(part => part.Literal is null).Select(part => part.Letter).ToList();
        var expected = type == ColumnType.Date ? "yMd" : "yMdHm";
        if (letters.Distinct().Count() != letters.Count)
        {
            return "has a letter in two places";
        }

        if (expected.Except(letters).ToList() is { Count: > 0 } missing)
        {
            return $"lacks {string.Join(", ", missing)}";
        }

        if (letters.Except(type == ColumnType.Date ? expected : Letters).ToList() is { Count: > 0 } surplus)
        {
            return $"has {string.Join(", ", surplus)}, which a date has not";
        }

        return letters.Contains('S') && !letters.Contains('s') ? "has fractions (S) but no seconds (s)" : Ambiguity(parts);
    }

    /// <summary>Whether texts of the format say their offset from UTC.</summary>
    public static bool HasOffset(string format) => Parse(format).Any(part => part.Letter == 'X');

    /// <summary>The parts of a format without <see cref="Fault"/>.</summary>
    /// <exception cref="FormatException">The format has a fault.</exception>
    public static IReadOnlyList<DateFormatPart> Parse(string format) => Read(format) is (var parts, null)
        ? parts
        : throw new FormatException($"Format '{format}' {Read(format).Fault}.");

    private static (List<DateFormatPart> Parts, string? Fault) Read(string format)
    {
        var parts = new List<DateFormatPart>();
        for (var index = 0; index < format.Length;)
        {
            var start = index;
            var letter = format[index];
            if (letter == '\'')
            {
                if (!TryQuoted(format, ref index, out var text))
                {
                    return (parts, "has a quote that is not closed");
                }

                parts.Add(new DateFormatPart('\0', 0, text));
                continue;
            }

            for (index++; index < format.Length && format[index] == letter; index++)
            {
            }

            if (!char.IsAsciiLetter(letter))
            {
                if (letter is '[' or ']' or '{' or '}' or '#' || !char.IsAscii(letter))
                {
                    return (parts, $"has '{letter}', which is not implemented");
                }

                parts.Add(new DateFormatPart('\0', 0, format[start..index]));
                continue;
            }

            var part = new DateFormatPart(letter switch { 'u' => 'y', 'x' => 'X', _ => letter }, index - start, null);
            if (!IsImplemented(part))
            {
                return (parts, $"has '{format[start..index]}', which is not implemented; implemented are yyyy yy MM M dd d HH H mm m ss s S X x and text in single quotes");
            }

            parts.Add(part);
        }

        return (parts, null);
    }

    private static bool TryQuoted(string format, ref int index, out string text)
    {
        var end = format.IndexOf('\'', index + 1);
        text = end < 0 ? "" : format[(index + 1)..end];
        text = text.Length == 0 ? "'" : text;
        index = end + 1;
        return end >= 0;
    }

    private static bool IsImplemented(DateFormatPart part) => part.Letter switch
    {
        'y' => part.Count is 2 or 4,
        'M' or 'd' or 'H' or 'm' or 's' => part.Count is 1 or 2,
        'S' => part.Count <= 9,
        'X' => part.Count <= 3,
        _ => false,
    };

    private static string? Ambiguity(List<DateFormatPart> parts)
    {
        for (var index = 1; index < parts.Count; index++)
        {
            if (parts[index - 1] is { Literal: null, Count: 1, Letter: not ('S' or 'X') } one && parts[index] is { Literal: null, Letter: not 'X' })
            {
                return $"has '{one.Letter}', whose digits cannot be told from the next field's; write it twice";
            }
        }

        return null;
    }
}

/// <summary>One part of a format.</summary>
/// <param name="Letter">The field: <c>y</c> (of the era or proleptic), <c>M d H m s S</c>, or <c>X</c> for an offset; NUL for literal text.</param>
/// <param name="Count">
/// How often the letter stands. Two of <c>M d H m s</c> are exactly two digits, one is one or two; two of <c>y</c> are years from 2000;
/// <c>S</c> are exactly as many decimals; offsets are <c>+01</c> or <c>+0130</c> (1), <c>+0130</c> (2), <c>+01:30</c> (3), or <c>Z</c>.
/// </param>
/// <param name="Literal">The text to find; null for a field.</param>
internal readonly record struct DateFormatPart(char Letter, int Count, string? Literal);
