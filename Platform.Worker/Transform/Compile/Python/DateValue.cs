using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>Python's <c>datetime.date</c>.</summary>
internal sealed class DateValue(DateOnly date) : JinjaObject
{
    public DateOnly Date { get; } = date;

    public override string TypeName => "datetime.date";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "year" => Date.Year,
            "month" => Date.Month,
            "day" => Date.Day,
            "strftime" => new HostFunction(name, (_, arguments) => TimeFormat.Write(arguments[0].ToString(), Date.ToDateTime(TimeOnly.MinValue), null)),
            "isoformat" => new HostFunction(name, (_, _) => ToString()),
            "weekday" => new HostFunction(name, (_, _) => ((int)Date.DayOfWeek + 6) % 7),
            "isoweekday" => new HostFunction(name, (_, _) => (((int)Date.DayOfWeek + 6) % 7) + 1),
            "isocalendar" => new HostFunction(name, (_, _) => IsoCalendar(Date)),
            "toordinal" => new HostFunction(name, (_, _) => Date.DayNumber + 1),
            "replace" => new HostFunction(name, (_, arguments) =>
            {
                var reader = arguments.Read("replace");
                var (year, month, day) = (reader.OptionalInteger("year", Date.Year), reader.OptionalInteger("month", Date.Month), reader.OptionalInteger("day", Date.Day));
                reader.Finish();
                return Of(year, month, day);
            }),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = (op, other.Object) switch
        {
            (BinaryOperator.Add, TimeDeltaValue delta) => new DateValue(Date.AddDays(delta.Days)),
            (BinaryOperator.Subtract, TimeDeltaValue delta) when !reflected => new DateValue(Date.AddDays(-delta.Days)),
            (BinaryOperator.Subtract, DateValue date) when !reflected => new TimeDeltaValue(TimeSpan.FromDays(Date.DayNumber - date.Date.DayNumber)),
            _ => default(Value),
        };
        return !result.IsMissing;
    }

    public override bool TryCompare(Value other, out int order)
    {
        order = other.As<DateValue>() is { } value ? Date.CompareTo(value.Date) : 0;
        return other.Object is DateValue;
    }

    public override bool ValueEquals(Value other) => other.As<DateValue>() is { } value && value.Date == Date;

    public override int ValueHash() => Date.GetHashCode();

    public override string Repr() => $"datetime.date({Date.Year}, {Date.Month}, {Date.Day})";

    public override string ToString() => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <exception cref="JinjaException">There is no such day.</exception>
    public static DateValue Of(long year, long month, long day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth((int)year, (int)month)
            ? new DateValue(new DateOnly((int)year, (int)month, (int)day))
            : throw new JinjaException(JinjaErrorKind.ValueError, $"there is no date {year}-{month}-{day}");

    internal static TupleValue IsoCalendar(DateOnly date)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        return new TupleValue([ISOWeek.GetYear(midnight), ISOWeek.GetWeekOfYear(midnight), (((int)date.DayOfWeek + 6) % 7) + 1]);
    }
}
