using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>A time zone: <c>pytz.timezone(name)</c>, <c>pytz.utc</c>, <c>datetime.timezone(offset)</c>.</summary>
internal sealed class ZoneValue(TimeZoneInfo zone, string name) : JinjaObject
{
    public static ZoneValue Utc { get; } = new(TimeZoneInfo.Utc, "UTC");

    public static ZoneValue Local { get; } = new(TimeZoneInfo.Local, TimeZoneInfo.Local.Id);

    public override string TypeName => "tzinfo";

    /// <exception cref="JinjaException">No zone has that name.</exception>
    public static ZoneValue Of(string name) => name.Equals("utc", StringComparison.OrdinalIgnoreCase) ? Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? new ZoneValue(zone, name)
        : throw new JinjaException(JinjaErrorKind.ValueError, $"'{name}' is no time zone. Write a name such as Europe/Berlin or UTC.");

    public static ZoneValue Of(TimeSpan offset)
    {
        var name = offset == TimeSpan.Zero ? "UTC" : $"UTC{TimeFormat.Offset(offset, ":")}";
        return offset == TimeSpan.Zero ? Utc : new ZoneValue(TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name), name);
    }

    public TimeSpan OffsetAt(DateTime clock) => zone.GetUtcOffset(clock);

    public string NameAt(DateTime clock)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc) || !name.Contains('/', StringComparison.Ordinal))
        {
            return name;
        }

        var text = zone.IsDaylightSavingTime(clock) ? zone.DaylightName : zone.StandardName;
        return text.Contains(' ', StringComparison.Ordinal) ? TimeFormat.Offset(OffsetAt(clock), "") : text;
    }

    public DateTimeValue At(DateTimeOffset instant) => new(TimeZoneInfo.ConvertTime(instant, zone).DateTime, this);

    public override bool TryGetAttribute(RenderState state, string attribute, out Value value)
    {
        value = attribute switch
        {
            "zone" or "key" => name,
            "localize" => new HostFunction(attribute, (_, arguments) => new DateTimeValue(Argument(arguments).Clock, this)),
            "normalize" or "fromutc" => new HostFunction(attribute, (_, arguments) =>
                At(attribute == "fromutc" ? new DateTimeOffset(Argument(arguments).Clock, TimeSpan.Zero) : Argument(arguments).Instant)),
            "utcoffset" => new HostFunction(attribute, (_, arguments) => new TimeDeltaValue(OffsetAt(Argument(arguments).Clock))),
            "tzname" => new HostFunction(attribute, (_, arguments) => NameAt(Argument(arguments).Clock)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool ValueEquals(Value other) => other.As<ZoneValue>() is { } value && value.ToString() == name;

    public override int ValueHash() => StringComparer.Ordinal.GetHashCode(name);

    public override string ToString() => name;

    public override string Repr() => name == "UTC" ? "<UTC>" : $"<DstTzInfo '{name}'>";

    private static DateTimeValue Argument(Arguments arguments) => (arguments.Count > 0 ? arguments[0] : default).As<DateTimeValue>()
        ?? throw new JinjaException(JinjaErrorKind.TypeError, "a time zone works on a datetime");
}
