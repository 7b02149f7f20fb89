using System.Globalization;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>Python's <c>datetime.timedelta</c>: days may be negative, seconds and microseconds count up from them.</summary>
internal sealed class TimeDeltaValue(TimeSpan span) : JinjaObject
{
    public TimeSpan Span { get; } = span;

    public override string TypeName => "datetime.timedelta";

    public override bool IsTrue => Span != TimeSpan.Zero;

    /// <summary>Whole days, rounded down: those of a <see cref="TimeSpan"/> are rounded towards zero.</summary>
    public int Days => (int)Math.Floor(Span.Ticks / (double)TimeSpan.TicksPerDay);

    private TimeSpan WithinDay => Span - TimeSpan.FromDays(Days);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "days" => Days,
            "seconds" => (long)WithinDay.TotalSeconds,
            "microseconds" => WithinDay.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond,
            "total_seconds" => new HostFunction(name, (_, _) => Span.TotalSeconds),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = (op, other.Object) switch
        {
            (BinaryOperator.Add, TimeDeltaValue delta) => new TimeDeltaValue(Span + delta.Span),
            (BinaryOperator.Subtract, TimeDeltaValue delta) => new TimeDeltaValue(reflected ? delta.Span - Span : Span - delta.Span),
            (BinaryOperator.Divide, TimeDeltaValue delta) when !reflected => Span / delta.Span,
            (BinaryOperator.FloorDivide, TimeDeltaValue delta) when !reflected => (long)Math.Floor(Span / delta.Span),
            (BinaryOperator.Modulo, TimeDeltaValue delta) when !reflected => new TimeDeltaValue(TimeSpan.FromTicks(Span.Ticks % delta.Span.Ticks)),
            (BinaryOperator.Multiply, null) when other.IsNumber => new TimeDeltaValue(Span * other.AsDouble()),
            (BinaryOperator.Divide or BinaryOperator.FloorDivide, null) when other.IsNumber && !reflected => new TimeDeltaValue(Span / other.AsDouble()),
            _ => default(Value),
        };
        return !result.IsMissing;
    }

    public override bool TryNegate(out Value result)
    {
        result = new TimeDeltaValue(-Span);
        return true;
    }

    public override bool TryCompare(Value other, out int order)
    {
        order = other.As<TimeDeltaValue>() is { } value ? Span.CompareTo(value.Span) : 0;
        return other.Object is TimeDeltaValue;
    }

    public override bool ValueEquals(Value other) => other.As<TimeDeltaValue>() is { } value && value.Span == Span;

    public override int ValueHash() => Span.GetHashCode();

    public override string ToString()
    {
        var time = WithinDay;
        var days = Days == 0 ? "" : $"{Days} day{(Math.Abs(Days) == 1 ? "" : "s")}, ";
        var fraction = time.Ticks % TimeSpan.TicksPerSecond == 0 ? "" : $".{time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond:000000}";
        return string.Create(CultureInfo.InvariantCulture, $"{days}{time.Hours}:{time.Minutes:00}:{time.Seconds:00}{fraction}");
    }

    public override string Repr()
    {
        var parts = new List<string>();
        Add("days", Days);
        Add("seconds", (long)WithinDay.TotalSeconds);
        Add("microseconds", WithinDay.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        return $"datetime.timedelta({(parts.Count == 0 ? "0" : string.Join(", ", parts))})";

        void Add(string name, long value)
        {
            if (value != 0)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
            }
        }
    }
}
