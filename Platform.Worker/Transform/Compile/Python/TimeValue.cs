using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>Python's <c>datetime.time</c>.</summary>
internal sealed class TimeValue(TimeOnly time) : JinjaObject
{
    public TimeOnly Time { get; } = time;

    public override string TypeName => "datetime.time";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "hour" => Time.Hour,
            "minute" => Time.Minute,
            "second" => Time.Second,
            "microsecond" => DateTimeValue.Microsecond(new DateTime(Time.Ticks)),
            "tzinfo" => Value.None,
            "strftime" => new HostFunction(name, (_, arguments) => TimeFormat.Write(arguments[0].ToString(), new DateOnly(1900, 1, 1).ToDateTime(Time), null)),
            "isoformat" => new HostFunction(name, (_, _) => ToString()),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryCompare(Value other, out int order)
    {
        order = other.As<TimeValue>() is { } value ? Time.CompareTo(value.Time) : 0;
        return other.Object is TimeValue;
    }

    public override bool ValueEquals(Value other) => other.As<TimeValue>() is { } value && value.Time == Time;

    public override int ValueHash() => Time.GetHashCode();

    public override string ToString() =>
        Time.ToString(Time.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    public override string Repr() => $"datetime.time({Time.Hour}, {Time.Minute}{(Time.Second == 0 ? "" : $", {Time.Second}")})";

    /// <exception cref="JinjaException">There is no such time.</exception>
    public static TimeValue Of(long hour, long minute, long second, long microsecond) =>
        hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60 && microsecond is >= 0 and < 1_000_000
            ? new TimeValue(new TimeOnly((int)hour, (int)minute, (int)second).Add(TimeSpan.FromMicroseconds(microsecond)))
            : throw new JinjaException(JinjaErrorKind.ValueError, $"there is no time {hour}:{minute}:{second}.{microsecond}");
}
