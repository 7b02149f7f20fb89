using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Run.Seeds;

/// <summary>Dates and times as dbt's testers take them: strptime's two formats, and ISO 8601 with a T.</summary>
internal static partial class SeedTime
{
    /// <summary><c>%Y-%m-%d</c>; month and day may have one digit.</summary>
    public static bool TryDate(ReadOnlySpan<char> trimmed, out DateOnly date)
    {
        date = default;
        // Cheap to see for most texts; the pattern has the last word.
        return trimmed is [_, _, _, _, '-', _, _, _, ..] && DatePattern().Match(trimmed.ToString()) is { Success: true } match
            && Calendar(match, out date);
    }

    /// <summary><c>%Y-%m-%d %H:%M:%S</c>.</summary>
    public static bool TryDateTime(ReadOnlySpan<char> trimmed, out DateTime time)
    {
        time = default;
        if (trimmed is not [_, _, _, _, '-', ..] || DateTimePattern().Match(trimmed.ToString()) is not { Success: true } match || !Calendar(match, out var date))
        {
            return false;
        }

        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        if (hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = date.ToDateTime(new TimeOnly(hour, minute, second));
        return true;
    }

    /// <summary>ISO 8601: date, T, time, and perhaps an offset, in basic or extended format.</summary>
    public static bool TryIso(ReadOnlySpan<char> trimmed, out DateTime time, out TimeSpan? offset)
    {
        (time, offset) = (default, null);
        var at = trimmed.IndexOf('T');
        return at > 0 && trimmed.Count('T') == 1 && TryIsoDate(trimmed[..at].ToString(), out var date)
            && TryIsoTime(trimmed[(at + 1)..].ToString(), date, out time, out offset);
    }

    private static bool TryIsoDate(string text, out DateOnly date)
    {
        date = default;
        if (IsoDatePattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        if (match.Groups["week"].Success)
        {
            var (week, weekday) = (Number(match, "week"), match.Groups["weekday"].Success ? Number(match, "weekday") : 1);
            if (week < 1 || weekday is < 1 or > 7 || Number(match, "year") is var year && (year < 1 || week > ISOWeek.GetWeeksInYear(year)))
            {
                return false;
            }

            date = DateOnly.FromDateTime(ISOWeek.ToDateTime(year, week, (DayOfWeek)(weekday % 7)));
            return true;
        }

        if (match.Groups["ordinal"].Success)
        {
            var (year, day) = (Number(match, "year"), Number(match, "ordinal"));
            if (year < 1 || day < 1 || day > (DateTime.IsLeapYear(year) ? 366 : 365))
            {
                return false;
            }

            date = new DateOnly(year, 1, 1).AddDays(day - 1);
            return true;
        }

        return Calendar(match, out date);
    }

    private static bool TryIsoTime(string text, DateOnly date, out DateTime time, out TimeSpan? offset)
    {
        (time, offset) = (default, null);
        if (IsoTimePattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        // The last part given may have a fraction: hours, minutes or seconds.
        var fraction = match.Groups["fraction"].Success ? decimal.Parse($"0.{match.Groups["fraction"].Value}", CultureInfo.InvariantCulture) : 0;
        var (hour, minute, second) = (Number(match, "hour"), Optional("minute"), Optional("second"));
        if (hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var unit = second is not null ? TimeSpan.TicksPerSecond : minute is not null ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerHour;
        var ticks = decimal.Truncate(fraction * unit / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond;
        time = date.ToDateTime(new TimeOnly(hour, minute ?? 0, second ?? 0)).AddTicks((long)ticks);
        if (match.Groups["zone"] is { Length: > 0 } zone)
        {
            var magnitude = zone.ValueSpan is "Z" ? TimeSpan.Zero : new TimeSpan(Number(match, "zonehour"), Optional("zoneminute") ?? 0, 0);
            offset = zone.ValueSpan[0] == '-' ? -magnitude : magnitude;
        }

        return true;

        int? Optional(string group) => match.Groups[group].Success ? Number(match, group) : null;
    }

    private static bool Calendar(Match match, out DateOnly date)
    {
        var (year, month, day) = (
            Number(match, "year"), match.Groups["month"].Success ? Number(match, "month") : 1, match.Groups["day"].Success ? Number(match, "day") : 1);
        date = default;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateOnly(year, month, day);
        return true;
    }

    private static int Number(Match match, string group) =>
        int.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2}| [1-9])\z", RegexOptions.ExplicitCapture)]
    private static partial Regex DatePattern();

    [GeneratedRegex(
        @"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2}| [1-9])\s+(?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex DateTimePattern();

    [GeneratedRegex(
        @"^(?<year>[0-9]{4})(-(?<month>[0-9]{2})-(?<day>[0-9]{2})|(?<month>[0-9]{2})(?<day>[0-9]{2})|-?W(?<week>[0-9]{2})(-?(?<weekday>[0-9]))?|-?(?<ordinal>[0-9]{3})|-(?<month>[0-9]{2}))?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex IsoDatePattern();

    [GeneratedRegex(
        @"^(?<hour>[0-9]{2})(:(?<minute>[0-9]{2})(:(?<second>[0-9]{2}))?|(?<minute>[0-9]{2})(?<second>[0-9]{2})?)?([,.](?<fraction>[0-9]{1,20})[0-9]*)?(?<zone>Z|[+-](?<zonehour>[0-9]{2})(:?(?<zoneminute>[0-9]{2}))?)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex IsoTimePattern();
}
