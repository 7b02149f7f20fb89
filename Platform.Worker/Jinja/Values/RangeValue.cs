using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary><c>range()</c>: counts without holding its numbers. Each is a step of the rendering, whoever asks for it.</summary>
internal sealed class RangeValue(RenderState state, long start, long stop, long step) : JinjaObject
{
    private readonly long _count = step > 0
        ? start < stop ? ((stop - start - 1) / step) + 1 : 0
        : start > stop ? ((start - stop - 1) / -step) + 1 : 0;

    /// <summary>Equal for ranges that give the same numbers.</summary>
    private (long Count, long First, long Step) Extent => (_count, _count == 0 ? 0 : start, _count < 2 ? 0 : step);

    public override string TypeName => "range";

    public override int? Length => (int)Math.Min(int.MaxValue, _count);

    public override bool IsSequence => true;

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        var found = Sequences.TryIndex(key, (int)Math.Min(int.MaxValue, _count), out var index);
        value = found ? start + (index * step) : default(Value);
        return found;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "start" => start,
            "stop" => stop,
            "step" => step,
            "index" => new HostFunction(name, (_, arguments) => Index(ListMethods.One(arguments, "index")) is { } index
                ? index
                : throw new JinjaException(JinjaErrorKind.ValueError, $"{arguments[0].Repr()} is not in range")),
            "count" => new HostFunction(name, (_, arguments) => Index(ListMethods.One(arguments, "count")) is null ? 0 : 1),
            _ => default(Value),
        };
        return !value.IsMissing;
    }

    public override Value? Slice(SliceBounds bounds) =>
        new RangeValue(state, start + (bounds.Start * step), start + (bounds.Stop * step), bounds.Step * step);

    public override IEnumerable<Value> Iterate()
    {
        var value = start;
        for (var i = 0L; i < _count; i++, value += step)
        {
            state.Step();
            yield return value;
        }
    }

    public override bool? Contains(RenderState state, Value item) => item.TryGetInt64(out _) ? Index(item) is not null : null;

    public override bool ValueEquals(Value other) => other.As<RangeValue>() is { } range && Extent == range.Extent;

    public override int ValueHash() => Extent.GetHashCode();

    private long? Index(Value item) => item.TryGetInt64(out var number)
        && (step > 0 ? number >= start && number < stop : number <= start && number > stop) && (number - start) % step == 0
            ? (number - start) / step
            : null;

    public override string ToString() => step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";
}
