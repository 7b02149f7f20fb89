using System.Globalization;
using System.Text;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>Python's datetime as far as models use it: fields, <c>strftime</c>, <c>isoformat</c>, <c>date()</c>, order.</summary>
internal sealed class DateTimeValue(DateTimeOffset instant, bool dateOnly = false, bool hasOffset = true) : JinjaObject
{
    public DateTimeOffset Instant { get; } = instant;

    public override string TypeName => dateOnly ? "date" : "datetime";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "year" => Instant.Year,
            "month" => Instant.Month,
            "day" => Instant.Day,
            "hour" when !dateOnly => Instant.Hour,
            "minute" when !dateOnly => Instant.Minute,
            "second" when !dateOnly => Instant.Second,
            "microsecond" when !dateOnly => (Instant.Millisecond * 1000) + Instant.Microsecond,
            "strftime" => new HostFunction(name, (_, arguments) => Format(arguments[0].ToString())),
            "isoformat" => new HostFunction(name, (_, _) => dateOnly ? Format("%Y-%m-%d") : ToString().Replace(' ', 'T')),
            "date" => new HostFunction(name, (_, _) => new DateTimeValue(Instant, dateOnly: true)),
            "weekday" => new HostFunction(name, (_, _) => ((int)Instant.DayOfWeek + 6) % 7),
            "isoweekday" => new HostFunction(name, (_, _) => (((int)Instant.DayOfWeek + 6) % 7) + 1),
            "timestamp" => new HostFunction(name, (_, _) => Instant.ToUnixTimeMilliseconds() / 1000.0),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryCompare(Value other, out int order)
    {
        var value = other.As<DateTimeValue>();
        order = value is null ? 0 : Instant.CompareTo(value.Instant);
        return value is not null;
    }

    public override bool ValueEquals(Value other) => other.As<DateTimeValue>() is { } value && value.Instant == Instant;

    public override int ValueHash() => Instant.GetHashCode();

    public override string ToString()
    {
        if (dateOnly)
        {
            return Format("%Y-%m-%d");
        }

        var fraction = Instant.Ticks % TimeSpan.TicksPerSecond == 0 ? "" : ".%f";
        return Format($"%Y-%m-%d %H:%M:%S{fraction}") + (hasOffset ? Instant.ToString("zzz", CultureInfo.InvariantCulture) : "");
    }

    private string Format(string pattern)
    {
        var text = new StringBuilder();
        for (var index = 0; index < pattern.Length; index++)
        {
            if (pattern[index] != '%' || index + 1 == pattern.Length)
            {
                text.Append(pattern[index]);
                continue;
            }

            text.Append(pattern[++index] switch
            {
                'Y' => Instant.ToString("yyyy", CultureInfo.InvariantCulture),
                'y' => Instant.ToString("yy", CultureInfo.InvariantCulture),
                'm' => Instant.ToString("MM", CultureInfo.InvariantCulture),
                'd' => Instant.ToString("dd", CultureInfo.InvariantCulture),
                'H' => Instant.ToString("HH", CultureInfo.InvariantCulture),
                'I' => Instant.ToString("hh", CultureInfo.InvariantCulture),
                'M' => Instant.ToString("mm", CultureInfo.InvariantCulture),
                'S' => Instant.ToString("ss", CultureInfo.InvariantCulture),
                'f' => Instant.ToString("ffffff", CultureInfo.InvariantCulture),
                'p' => Instant.ToString("tt", CultureInfo.InvariantCulture),
                'j' => Instant.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'a' => Instant.ToString("ddd", CultureInfo.InvariantCulture),
                'A' => Instant.ToString("dddd", CultureInfo.InvariantCulture),
                'b' => Instant.ToString("MMM", CultureInfo.InvariantCulture),
                'B' => Instant.ToString("MMMM", CultureInfo.InvariantCulture),
                'z' => Instant.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal),
                'Z' => "UTC",
                '%' => "%",
                var other => throw new JinjaException(JinjaErrorKind.ValueError, $"strftime() does not know '%{other}'"),
            });
        }

        return text.ToString();
    }
}
