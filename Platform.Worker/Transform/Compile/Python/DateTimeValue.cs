using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>Python's <c>datetime.datetime</c>: a time of the clock, "aware" when it knows its zone and "naive" when not.</summary>
internal sealed class DateTimeValue(DateTime clock, ZoneValue? zone = null) : JinjaObject
{
    public DateTimeValue(DateTimeOffset instant)
        : this(instant.UtcDateTime, ZoneValue.Utc)
    {
    }

    /// <summary>What the clock shows, whatever its zone.</summary>
    public DateTime Clock { get; } = DateTime.SpecifyKind(clock, DateTimeKind.Unspecified);

    public ZoneValue? Zone { get; } = zone;

    public override string TypeName => "datetime.datetime";

    /// <summary>The instant; a naive time is taken for one of this machine, as Python does.</summary>
    public DateTimeOffset Instant => new(Clock, Zone?.OffsetAt(Clock) ?? TimeZoneInfo.Local.GetUtcOffset(Clock));

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "year" => Clock.Year,
            "month" => Clock.Month,
            "day" => Clock.Day,
            "hour" => Clock.Hour,
            "minute" => Clock.Minute,
            "second" => Clock.Second,
            "microsecond" => Microsecond(Clock),
            "tzinfo" => Zone is null ? Value.None : Value.From(Zone),
            _ when Method(name) is { } method => new HostFunction(name, (_, arguments) => method(arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = (op, other.Object) switch
        {
            (BinaryOperator.Add, TimeDeltaValue delta) => Moved(delta.Span),
            (BinaryOperator.Subtract, TimeDeltaValue delta) when !reflected => Moved(-delta.Span),
            (BinaryOperator.Subtract, DateTimeValue value) when !reflected => Difference(value),
            _ => default(Value),
        };
        return !result.IsMissing;
    }

    public override bool TryCompare(Value other, out int order)
    {
        var value = other.As<DateTimeValue>();
        order = value is null ? 0 : Compare(value);
        return value is not null;
    }

    public override bool ValueEquals(Value other) =>
        other.As<DateTimeValue>() is { } value && Zone is null == value.Zone is null && Compare(value) == 0;

    public override int ValueHash() => Zone is null ? Clock.GetHashCode() : Instant.GetHashCode();

    public override string ToString() => Iso(' ');

    public override string Repr()
    {
        var fields = new List<int> { Clock.Year, Clock.Month, Clock.Day, Clock.Hour, Clock.Minute };
        if (Clock.Second != 0 || Microsecond(Clock) != 0)
        {
            fields.Add(Clock.Second);
        }

        if (Microsecond(Clock) != 0)
        {
            fields.Add(Microsecond(Clock));
        }

        return $"datetime.datetime({string.Join(", ", fields)}{(Zone is null ? "" : $", tzinfo={Zone.Repr()}")})";
    }

    internal static int Microsecond(DateTime clock) => (int)(clock.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);

    private Func<Arguments, Value>? Method(string name) => name switch
    {
        "strftime" => arguments => TimeFormat.Write(arguments[0].ToString(), Clock, Zone),
        "isoformat" => arguments => Iso((arguments.Count > 0 ? arguments[0].ToString() : "T") is [var separator, ..] ? separator : 'T'),
        "date" => _ => new DateValue(DateOnly.FromDateTime(Clock)),
        "time" => _ => new TimeValue(TimeOnly.FromDateTime(Clock)),
        "timetz" => _ => new TimeValue(TimeOnly.FromDateTime(Clock)),
        "weekday" => _ => ((int)Clock.DayOfWeek + 6) % 7,
        "isoweekday" => _ => (((int)Clock.DayOfWeek + 6) % 7) + 1,
        "isocalendar" => _ => DateValue.IsoCalendar(DateOnly.FromDateTime(Clock)),
        "toordinal" => _ => DateOnly.FromDateTime(Clock).DayNumber + 1,
        "timestamp" => _ => (Instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond,
        "utcoffset" => _ => Zone is null ? Value.None : Value.From(new TimeDeltaValue(Zone.OffsetAt(Clock))),
        "tzname" => _ => Zone?.NameAt(Clock),
        "astimezone" => arguments => (arguments.Count > 0 ? arguments[0] : Value.None).As<ZoneValue>() is { } to ? to.At(Instant) : ZoneValue.Local.At(Instant),
        "replace" => Replace,
        _ => null,
    };

    private Value Replace(Arguments arguments)
    {
        var reader = arguments.Read("replace");
        var date = DateValue.Of(
            reader.OptionalInteger("year", Clock.Year), reader.OptionalInteger("month", Clock.Month), reader.OptionalInteger("day", Clock.Day)).Date;
        var time = TimeValue.Of(
            reader.OptionalInteger("hour", Clock.Hour), reader.OptionalInteger("minute", Clock.Minute), reader.OptionalInteger("second", Clock.Second),
            reader.OptionalInteger("microsecond", Microsecond(Clock)));
        var zone = reader.Optional("tzinfo");
        reader.Optional("fold");
        reader.Finish();
        return new DateTimeValue(date.ToDateTime(time.Time), zone.IsMissing ? Zone : zone.As<ZoneValue>());
    }

    private DateTimeValue Moved(TimeSpan by)
    {
        try
        {
            return new DateTimeValue(Clock + by, Zone);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, $"{this} moved by {by} is no date between the years 1 and 9999");
        }
    }

    private TimeDeltaValue Difference(DateTimeValue other) => new(Zone is null && other.Zone is null ? Clock - other.Clock : Checked(other).Instant - other.Instant);

    private int Compare(DateTimeValue other) =>
        Zone is null && other.Zone is null ? Clock.CompareTo(other.Clock) : Checked(other).Instant.CompareTo(other.Instant);

    private DateTimeValue Checked(DateTimeValue other) => Zone is null == other.Zone is null
        ? this
        : throw new JinjaException(JinjaErrorKind.TypeError, "can't compare or subtract offset-naive and offset-aware datetimes");

    private string Iso(char separator)
    {
        var fraction = Microsecond(Clock) == 0 ? "" : ".ffffff";
        return Clock.ToString($"yyyy-MM-dd'{separator}'HH:mm:ss{fraction}", CultureInfo.InvariantCulture)
            + (Zone is null ? "" : TimeFormat.Offset(Zone.OffsetAt(Clock), ":"));
    }
}
