using System.Buffers.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>
/// Reads the text forms of a contract's types from UTF-8, strictly: no white space, no exponent, no other calendar. Every type becomes a
/// 64-bit number, so that ranges compare alike: a numeric is scaled by its decimals, a date is days and a timestamp microseconds from
/// 2000-01-01, as PostgreSQL counts them.
/// </summary>
internal static class FieldText
{
    /// <summary>Days from 0001-01-01 to 2000-01-01.</summary>
    public const int EpochDay = 730_119;

    public const long MicrosecondsPerSecond = 1_000_000;
    public const long MicrosecondsPerMinute = 60 * MicrosecondsPerSecond;
    public const long MicrosecondsPerDay = 86_400 * MicrosecondsPerSecond;

    private static readonly long[] PowersOfTen = [.. Enumerable.Range(0, 19).Select(exponent => (long)Math.Pow(10, exponent))];

    public static long PowerOfTen(int exponent) => PowersOfTen[exponent];

    /// <summary><c>[+-]digits</c> within 64 bits.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var read, 'D') && read == text.Length;

    /// <summary><c>[+-]digits[.digits]</c>, scaled by 10^<paramref name="scale"/>; false when it has more digits than the type.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="precision">Digits in all, at most 18.</param>
    /// <param name="scale">Digits after the point.</param>
    /// <param name="value">The scaled number.</param>
    /// <param name="point">What stands before the decimals.</param>
    public static bool TryNumeric(ReadOnlySpan<byte> text, int precision, int scale, out long value, byte point = (byte)'.')
    {
        value = 0;
        var negative = false;
        if (!text.IsEmpty && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            text = text[1..];
        }

        // Leading zeros are no digits of the value.
        var index = 0;
        while (index + 1 < text.Length && text[index] == '0' && text[index + 1] != point)
        {
            index++;
        }

        var whole = 0;
        for (; index < text.Length && (uint)(text[index] - '0') <= 9; index++)
        {
            value = (value * 10) + (text[index] - '0');
            if (++whole > 18)
            {
                return false;
            }
        }

        if (whole == 0 || whole > Math.Max(precision - scale, 1) || (precision == scale && value != 0))
        {
            return false;
        }

        var decimals = 0;
        if (index < text.Length)
        {
            if (text[index++] != point || index == text.Length)
            {
                return false;
            }

            for (; index < text.Length; index++)
            {
                if ((uint)(text[index] - '0') > 9 || ++decimals > scale)
                {
                    return false;
                }

                value = (value * 10) + (text[index] - '0');
            }
        }

        value *= PowersOfTen[scale - decimals];
        value = negative ? -value : value;
        return true;
    }

    /// <summary><c>yyyy-MM-dd</c>, as days from 2000-01-01.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out long days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..], out var day)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - EpochDay;
        return true;
    }

    /// <summary>
    /// <c>yyyy-MM-ddTHH:mm:ss[.fraction]</c> with <c>Z</c> or an offset <c>±HH:mm</c>, as microseconds of UTC from 2000-01-01. PostgreSQL
    /// keeps microseconds: more digits are accepted only when they are zeros.
    /// </summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long microseconds)
    {
        if (!TryLocalTimestamp(text, out microseconds, out var zone) || !TryOffset(zone, out var offset))
        {
            return false;
        }

        microseconds -= offset * MicrosecondsPerMinute;
        return true;
    }

    /// <summary>The same, with what follows the time left to the caller: a zone, or nothing.</summary>
    public static bool TryLocalTimestamp(ReadOnlySpan<byte> text, out long microseconds, out ReadOnlySpan<byte> zone)
    {
        microseconds = 0;
        zone = [];
        if (text.Length < 19 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || !TryDate(text[..10], out var days)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        zone = text[19..];
        var fraction = 0L;
        if (!zone.IsEmpty && zone[0] == '.')
        {
            var digits = 1;
            for (; digits < zone.Length && (uint)(zone[digits] - '0') <= 9; digits++)
            {
                if (digits <= 6)
                {
                    fraction = (fraction * 10) + (zone[digits] - '0');
                }
                else if (zone[digits] != '0')
                {
                    return false;
                }
            }

            if (digits == 1)
            {
                return false;
            }

            fraction *= PowersOfTen[Math.Max(0, 7 - digits)];
            zone = zone[digits..];
        }

        microseconds = (days * MicrosecondsPerDay) + (((((hour * 60L) + minute) * 60) + second) * MicrosecondsPerSecond) + fraction;
        return true;
    }

    /// <summary>Days from 2000-01-01 of the UTC date that holds the moment.</summary>
    public static long DayOf(long microseconds) => Math.DivRem(microseconds, MicrosecondsPerDay, out var rest) - (rest < 0 ? 1 : 0);

    /// <summary>A number whatever its digits, for control sums of rows whose other columns are bad.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out decimal number, byte point = (byte)'.')
    {
        if (point == '.')
        {
            return Utf8Parser.TryParse(text, out number, out var read) && read == text.Length;
        }

        Span<byte> pointed = stackalloc byte[64];
        number = 0;
        if (text.Length > pointed.Length || text.Contains((byte)'.'))
        {
            return false;
        }

        text.Replace(pointed, point, (byte)'.');
        return TryNumber(pointed[..text.Length], out number);
    }

    /// <summary><c>Z</c> or <c>±HH:mm</c>, in minutes.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text is [(byte)'Z'])
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TryDigits(text[1..3], out var hour) || !TryDigits(text[4..], out var minute) || hour > 18 || minute > 59)
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    /// <summary>Digits only.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if ((uint)(digit - '0') > 9)
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
