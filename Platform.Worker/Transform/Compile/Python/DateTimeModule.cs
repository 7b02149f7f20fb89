using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary><c>modules.datetime</c>: Python's module datetime (https://docs.python.org/3/library/datetime.html).</summary>
internal static class DateTimeModule
{
    public static Value Instance { get; } = new HostObject("module")
    {
        { "date", Date() },
        { "datetime", Moment() },
        { "time", new PythonClass("datetime.time", Time, new Dictionary<string, Value> { ["fromisoformat"] = Function("fromisoformat", TimeFromIso) }) },
        { "timedelta", new PythonClass("datetime.timedelta", Delta, new Dictionary<string, Value>()) },
        { "timezone", new PythonClass("datetime.timezone", Zone, new Dictionary<string, Value> { ["utc"] = ZoneValue.Utc }) },
        { "UTC", ZoneValue.Utc },
        { "MINYEAR", 1 },
        { "MAXYEAR", 9999 },
    };

    private static PythonClass Date() => new("datetime.date", ConstructDate, new Dictionary<string, Value>
    {
        ["today"] = Function("today", static (state, _) => new DateValue(DateOnly.FromDateTime(Clock(state).GetLocalNow().DateTime))),
        ["fromisoformat"] = Function("fromisoformat", static (_, arguments) => new DateValue(DateOnly.FromDateTime(FromIso(arguments[0].ToString()).Clock))),
        ["fromtimestamp"] = Function("fromtimestamp", static (_, arguments) =>
            new DateValue(DateOnly.FromDateTime(ZoneValue.Local.At(AtTimestamp(arguments[0])).Clock))),
        ["fromordinal"] = Function("fromordinal", static (_, arguments) => new DateValue(DateOnly.FromDayNumber((int)Integer(arguments[0]) - 1))),
        ["min"] = new DateValue(DateOnly.MinValue),
        ["max"] = new DateValue(DateOnly.MaxValue),
    });

    private static PythonClass Moment() => new("datetime.datetime", ConstructDateTime, new Dictionary<string, Value>
    {
        ["now"] = Function("now", static (state, arguments) =>
            (arguments.Count > 0 ? arguments[0] : arguments.TryGetNamed("tz", out var named) ? named : Value.None).As<ZoneValue>() is { } zone
                ? zone.At(Clock(state).GetUtcNow())
                : new DateTimeValue(Clock(state).GetLocalNow().DateTime)),
        ["today"] = Function("today", static (state, _) => new DateTimeValue(Clock(state).GetLocalNow().DateTime)),
        ["utcnow"] = Function("utcnow", static (state, _) => new DateTimeValue(Clock(state).GetUtcNow().DateTime)),
        ["strptime"] = Function("strptime", static (_, arguments) => TimeFormat.Read(Text(arguments[0]), Text(arguments[1]))),
        ["fromisoformat"] = Function("fromisoformat", static (_, arguments) => FromIso(Text(arguments[0]))),
        ["fromtimestamp"] = Function("fromtimestamp", static (_, arguments) =>
        {
            var reader = arguments.Read("fromtimestamp");
            var instant = AtTimestamp(reader.Required("timestamp"));
            return reader.Optional("tz").As<ZoneValue>() is { } zone ? zone.At(instant) : new DateTimeValue(ZoneValue.Local.At(instant).Clock);
        }),
        ["utcfromtimestamp"] = Function("utcfromtimestamp", static (_, arguments) => new DateTimeValue(AtTimestamp(arguments[0]).UtcDateTime)),
        ["combine"] = Function("combine", static (_, arguments) => new DateTimeValue(
            DateOf(arguments[0]).ToDateTime(arguments[1].As<TimeValue>()?.Time ?? TimeOnly.MinValue), arguments.Count > 2 ? arguments[2].As<ZoneValue>() : null)),
        ["min"] = new DateTimeValue(DateTime.MinValue),
        ["max"] = new DateTimeValue(DateTime.MaxValue),
    });

    private static Value ConstructDate(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("date");
        var (year, month, day) = (reader.RequiredInteger("year"), reader.RequiredInteger("month"), reader.RequiredInteger("day"));
        reader.Finish();
        return DateValue.Of(year, month, day);
    }

    private static Value ConstructDateTime(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("datetime");
        var date = DateValue.Of(reader.RequiredInteger("year"), reader.RequiredInteger("month"), reader.RequiredInteger("day")).Date;
        var time = TimeValue.Of(
            reader.OptionalInteger("hour", 0), reader.OptionalInteger("minute", 0), reader.OptionalInteger("second", 0), reader.OptionalInteger("microsecond", 0));
        var zone = reader.Optional("tzinfo").As<ZoneValue>();
        reader.Optional("fold");
        reader.Finish();
        return new DateTimeValue(date.ToDateTime(time.Time), zone);
    }

    private static Value Time(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("time");
        return TimeValue.Of(
            reader.OptionalInteger("hour", 0), reader.OptionalInteger("minute", 0), reader.OptionalInteger("second", 0), reader.OptionalInteger("microsecond", 0));
    }

    private static Value TimeFromIso(RenderState state, Arguments arguments) => TimeOnly.TryParse(Text(arguments[0]), CultureInfo.InvariantCulture, out var time)
        ? new TimeValue(time)
        : throw new JinjaException(JinjaErrorKind.ValueError, $"Invalid isoformat string: '{arguments[0]}'");

    private static Value Delta(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("timedelta");
        var ticks = 0m;
        foreach (var (unit, size) in ((string, long)[])[
            ("days", TimeSpan.TicksPerDay), ("seconds", TimeSpan.TicksPerSecond), ("microseconds", TimeSpan.TicksPerMicrosecond),
            ("milliseconds", TimeSpan.TicksPerMillisecond), ("minutes", TimeSpan.TicksPerMinute), ("hours", TimeSpan.TicksPerHour),
            ("weeks", 7 * TimeSpan.TicksPerDay)])
        {
            var count = reader.Optional(unit, 0);
            ticks += count.IsNumber
                ? (decimal)count.AsDouble() * size
                : throw new JinjaException(JinjaErrorKind.TypeError, $"unsupported type for timedelta {unit} component: {count.TypeName}");
        }

        reader.Finish();
        return new TimeDeltaValue(TimeSpan.FromMicroseconds((double)Math.Round(ticks / TimeSpan.TicksPerMicrosecond)));
    }

    private static Value Zone(RenderState state, Arguments arguments) => arguments[0].As<TimeDeltaValue>() is { } offset
        ? ZoneValue.Of(offset.Span)
        : throw new JinjaException(JinjaErrorKind.TypeError, "timezone() takes a timedelta");

    private static DateTimeValue FromIso(string text)
    {
        var format = text.Contains('-', StringComparison.Ordinal) ? "%Y-%m-%d" : "%Y%m%d";
        var time = text.IndexOfAny(['T', ' ']);
        if (time >= 0)
        {
            format += $"{text[time]}%H:%M{(text.AsSpan(time).Count(':') > 1 + Zoned(text, time) ? ":%S" : "")}{(text.Contains('.', StringComparison.Ordinal) ? ".%f" : "")}";
            format += text.EndsWith('Z') || text.AsSpan(time).ContainsAny('+', '-') ? "%z" : "";
        }

        try
        {
            return TimeFormat.Read(text, format);
        }
        catch (JinjaException)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, $"Invalid isoformat string: '{text}'");
        }

        static int Zoned(string text, int time) => text.AsSpan(time).IndexOfAny('+', '-') is > 0 and var zone ? text.AsSpan(time + zone).Count(':') : 0;
    }

    private static DateTimeOffset AtTimestamp(Value seconds) => DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(Math.Round(seconds.AsDouble() * 1_000_000));

    private static DateOnly DateOf(Value value) => value.Object switch
    {
        DateValue date => date.Date,
        DateTimeValue time => DateOnly.FromDateTime(time.Clock),
        _ => throw new JinjaException(JinjaErrorKind.TypeError, $"a date is needed, not {value.TypeName}"),
    };

    private static string Text(Value value) => value.TryGetString(out var text)
        ? text
        : throw new JinjaException(JinjaErrorKind.TypeError, $"argument must be str, not {value.TypeName}");

    private static long Integer(Value value) => value.TryGetInt64(out var number)
        ? number
        : throw new JinjaException(JinjaErrorKind.TypeError, $"argument must be int, not {value.TypeName}");

    private static TimeProvider Clock(RenderState state) => ((NodeContext)state.Host!).Invocation.Time;

    private static Value Function(string name, HostDelegate body) => new HostFunction(name, body);
}
