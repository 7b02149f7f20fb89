using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>
/// Reads dates and timestamps of one <see cref="DateFormat"/>, strictly: every letter's digits, no white space of its own, no day that the
/// month does not have, no second 60.
/// </summary>
internal sealed class DateText(string format)
{
    private readonly (char Letter, int Count, byte[] Literal)[] _parts =
        [.. DateFormat.Parse(format).Select(part => (part.Letter, part.Count, Encoding.UTF8.GetBytes(part.Literal ?? "")))];

    public string Format => format;

    /// <param name="text">UTF-8.</param>
    /// <param name="local">Microseconds from 2000-01-01 as the text says them, its offset left out.</param>
    /// <param name="offsetMinutes">The text's offset from UTC; 0 where the format has none.</param>
    public bool TryRead(ReadOnlySpan<byte> text, out long local, out int offsetMinutes)
    {
        local = 0;
        offsetMinutes = 0;
        var (year, month, day, hour, minute, second, fraction) = (0, 0, 0, 0, 0, 0, 0L);
        foreach (var (letter, count, literal) in _parts)
        {
            var read = letter switch
            {
                'y' => TryTake(ref text, count, count, out year),
                'M' => TryTake(ref text, count, 2, out month),
                'd' => TryTake(ref text, count, 2, out day),
                'H' => TryTake(ref text, count, 2, out hour),
                'm' => TryTake(ref text, count, 2, out minute),
                's' => TryTake(ref text, count, 2, out second),
                'S' => TryTakeFraction(ref text, count, out fraction),
                'X' => TryTakeOffset(ref text, count, out offsetMinutes),
                _ => TryTakeLiteral(ref text, literal),
            };
            if (!read)
            {
                return false;
            }

            year += letter == 'y' && count == 2 ? 2000 : 0;
        }

        if (!text.IsEmpty || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        local = ((new DateOnly(year, month, day).DayNumber - FieldText.EpochDay) * FieldText.MicrosecondsPerDay)
            + (((((hour * 60L) + minute) * 60) + second) * FieldText.MicrosecondsPerSecond) + fraction;
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, int least, int most, out int number)
    {
        var length = 0;
        while (length < most && length < text.Length && (uint)(text[length] - '0') <= 9)
        {
            length++;
        }

        _ = FieldText.TryDigits(text[..length], out number);
        text = text[length..];
        return length >= least;
    }

    /// <summary>As microseconds; PostgreSQL keeps no finer ones, so that further digits must be zeros.</summary>
    private static bool TryTakeFraction(ref ReadOnlySpan<byte> text, int count, out long microseconds)
    {
        if (!TryTake(ref text, count, count, out var number))
        {
            microseconds = 0;
            return false;
        }

        (microseconds, var rest) = Math.DivRem(number * FieldText.PowerOfTen(9 - count), 1_000);
        return rest == 0;
    }

    private static bool TryTakeOffset(ref ReadOnlySpan<byte> text, int count, out int minutes)
    {
        minutes = 0;
        if (text.IsEmpty || text[0] is not ((byte)'+' or (byte)'-'))
        {
            var isUtc = !text.IsEmpty && text[0] == 'Z';
            text = isUtc ? text[1..] : text;
            return isUtc;
        }

        var sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        if (!TryTake(ref text, 2, 2, out var hours) || hours > 18)
        {
            return false;
        }

        var isHourOnly = count == 1 && (text.IsEmpty || (uint)(text[0] - '0') > 9);
        var rest = 0;
        if (!isHourOnly && ((count == 3 && !TryTakeLiteral(ref text, ":"u8)) || !TryTake(ref text, 2, 2, out rest) || rest > 59))
        {
            return false;
        }

        minutes = sign * ((hours * 60) + rest);
        return true;
    }

    private static bool TryTakeLiteral(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> literal)
    {
        var found = text.StartsWith(literal);
        text = found ? text[literal.Length..] : text;
        return found;
    }
}
