using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>Python's <c>strftime</c> and <c>strptime</c> (https://docs.python.org/3/library/datetime.html#format-codes), in the C locale.</summary>
internal static class TimeFormat
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static string Write(string pattern, DateTime clock, ZoneValue? zone)
    {
        var text = new StringBuilder();
        for (var index = 0; index < pattern.Length; index++)
        {
            if (pattern[index] != '%' || index + 1 == pattern.Length)
            {
                text.Append(pattern[index]);
                continue;
            }

            var unpadded = pattern[index + 1] == '-' && index + 2 < pattern.Length;
            index += unpadded ? 2 : 1;
            var part = Part(pattern[index], clock, zone);
            text.Append(unpadded && part.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : unpadded ? "0" : part);
        }

        return text.ToString();
    }

    public static string Offset(TimeSpan offset, string separator)
    {
        var sign = offset < TimeSpan.Zero ? "-" : "+";
        var seconds = offset.Seconds == 0 ? "" : $"{separator}{Math.Abs(offset.Seconds):00}";
        return $"{sign}{Math.Abs(offset.Hours):00}{separator}{Math.Abs(offset.Minutes):00}{seconds}";
    }

    /// <exception cref="JinjaException">The text is not of that format.</exception>
    public static DateTimeValue Read(string text, string format)
    {
        var pattern = new StringBuilder(@"\A");
        for (var index = 0; index < format.Length; index++)
        {
            pattern.Append(format[index] == '%' && index + 1 < format.Length ? Pattern(format[++index])
                : char.IsWhiteSpace(format[index]) ? @"\s+" : Regex.Escape(format[index].ToString()));
        }

        var match = Regex.Match(text, pattern.Append(@"\z").ToString(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience);
        return match.Success
            ? Build(match)
            : throw new JinjaException(JinjaErrorKind.ValueError, $"time data '{text}' does not match format '{format}'");
    }

    private static string Part(char code, DateTime clock, ZoneValue? zone)
    {
        return code switch
        {
            'Y' => Text("yyyy"),
            'y' => Text("yy"),
            'G' => ISOWeek.GetYear(clock).ToString("0000", CultureInfo.InvariantCulture),
            'm' => Text("MM"),
            'd' => Text("dd"),
            'e' => clock.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'H' => Text("HH"),
            'I' => Text("hh"),
            'M' => Text("mm"),
            'S' => Text("ss"),
            'f' => Text("ffffff"),
            'p' => clock.Hour < 12 ? "AM" : "PM",
            'j' => clock.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'a' => Text("ddd"),
            'A' => Text("dddd"),
            'b' or 'h' => Text("MMM"),
            'B' => Text("MMMM"),
            'w' => ((int)clock.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => ((((int)clock.DayOfWeek + 6) % 7) + 1).ToString(CultureInfo.InvariantCulture),
            'U' => ((clock.DayOfYear + 6 - (int)clock.DayOfWeek) / 7).ToString("00", CultureInfo.InvariantCulture),
            'W' => ((clock.DayOfYear + 6 - (((int)clock.DayOfWeek + 6) % 7)) / 7).ToString("00", CultureInfo.InvariantCulture),
            'V' => ISOWeek.GetWeekOfYear(clock).ToString("00", CultureInfo.InvariantCulture),
            'F' => Text("yyyy-MM-dd"),
            'T' or 'X' => Text("HH:mm:ss"),
            'D' or 'x' => Text("MM/dd/yy"),
            'R' => Text("HH:mm"),
            'c' => $"{Text("ddd MMM")} {clock.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)} {Text("HH:mm:ss yyyy")}",
            's' => ((clock.Ticks - (zone?.OffsetAt(clock) ?? TimeSpan.Zero).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond)
                .ToString(CultureInfo.InvariantCulture),
            'z' => zone is null ? "" : Offset(zone.OffsetAt(clock), ""),
            'Z' => zone?.NameAt(clock) ?? "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => $"%{code}",
        };

        string Text(string format) => clock.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Pattern(char code) => code switch
    {
        'Y' => @"(?<Y>\d{4})",
        'y' => @"(?<y>\d{2})",
        'm' => @"(?<m>1[0-2]|0?[1-9])",
        'd' => @"(?<d>3[01]|[12]\d|0?[1-9]| [1-9])",
        'H' => @"(?<H>2[0-3]|[01]?\d)",
        'I' => @"(?<I>1[0-2]|0?[1-9])",
        'M' => @"(?<M>[0-5]?\d)",
        'S' => @"(?<S>[0-5]?\d)",
        'f' => @"(?<f>\d{1,6})",
        'p' => "(?<p>am|pm)",
        'j' => @"(?<j>\d{1,3})",
        'a' or 'A' => "[a-z]+",
        'b' or 'B' or 'h' => "(?<b>[a-z]+)",
        'z' => @"(?<z>[+-]\d\d:?[0-5]\d|Z)",
        'Z' => "(?<Z>[a-z]+)",
        'F' => @"(?<Y>\d{4})-(?<m>\d\d)-(?<d>\d\d)",
        'T' => @"(?<H>\d\d):(?<M>\d\d):(?<S>\d\d)",
        '%' => "%",
        _ => throw new JinjaException(JinjaErrorKind.ValueError, $"'{code}' is a bad directive in a format of strptime()"),
    };

    private static DateTimeValue Build(Match match)
    {
        var year = Number("Y") ?? (Number("y") is { } two ? two + (two < 69 ? 2000 : 1900) : 1900);
        var month = Number("m") ?? (match.Groups["b"] is { Success: true } name ? Month(name.Value) : 1);
        var hour = Number("H") ?? Hour(Number("I"), match.Groups["p"].Value);
        var date = Number("j") is { } dayOfYear ? new DateOnly(year, 1, 1).AddDays(dayOfYear - 1) : DateValue.Of(year, month, Number("d") ?? 1).Date;
        var micro = match.Groups["f"] is { Success: true } fraction ? int.Parse(fraction.Value.PadRight(6, '0'), CultureInfo.InvariantCulture) : 0;
        var zone = match.Groups["z"] is { Success: true } offset ? Zone(offset.Value) : match.Groups["Z"].Value is "UTC" or "GMT" ? ZoneValue.Utc : null;
        return new DateTimeValue(date.ToDateTime(TimeValue.Of(hour, Number("M") ?? 0, Number("S") ?? 0, micro).Time), zone);

        int? Number(string group) => match.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : null;
    }

    private static int Hour(int? twelve, string half) => twelve is not { } hour ? 0
        : (hour % 12) + (half.Equals("pm", StringComparison.OrdinalIgnoreCase) ? 12 : 0);

    private static int Month(string name)
    {
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        for (var month = 0; month < 12; month++)
        {
            if (name.Equals(names.MonthNames[month], StringComparison.OrdinalIgnoreCase)
                || name.Equals(names.AbbreviatedMonthNames[month], StringComparison.OrdinalIgnoreCase))
            {
                return month + 1;
            }
        }

        throw new JinjaException(JinjaErrorKind.ValueError, $"'{name}' is no month");
    }

    internal static ZoneValue Zone(string offset) => offset is "Z" or "z" ? ZoneValue.Utc
        : ZoneValue.Of((offset[0] == '-' ? -1 : 1) * new TimeSpan(
            int.Parse(offset.AsSpan(1, 2), CultureInfo.InvariantCulture), int.Parse(offset.AsSpan(offset.Length - 2), CultureInfo.InvariantCulture), 0));
}
