namespace Platform.Worker.Jinja.Values;

/// <summary>
/// A slice resolved against a length as Python does: <see cref="Count"/> elements from <see cref="Start"/> in steps of <see cref="Step"/>, short
/// of <see cref="Stop"/>.
/// </summary>
internal readonly record struct SliceBounds(int Start, int Stop, int Step, int Count)
{
    public static SliceBounds Resolve(Value start, Value stop, Value step, int length)
    {
        var by = Index(step) ?? 1;
        if (by == 0)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "slice step cannot be zero");
        }

        by = Math.Clamp(by, -int.MaxValue, int.MaxValue);
        long lower = by < 0 ? -1 : 0;
        long upper = by < 0 ? length - 1 : length;
        var from = Index(start) is { } s ? Clip(s) : by < 0 ? upper : lower;
        var to = Index(stop) is { } e ? Clip(e) : by < 0 ? lower : upper;
        var count = by < 0
            ? to < from ? ((from - to - 1) / -by) + 1 : 0
            : from < to ? ((to - from - 1) / by) + 1 : 0;
        return new SliceBounds((int)from, (int)to, (int)by, (int)count);

        long Clip(long index) => index < 0 ? Math.Max(index + length, lower) : Math.Min(index, upper);
    }

    private static long? Index(Value value) => value.Kind switch
    {
        ValueKind.None or ValueKind.Undefined when value.IsNone || value.IsMissing => null,
        ValueKind.Integer or ValueKind.Boolean => value.TryGetInt64(out var index) ? index : value.AsBigInteger().Sign * (long)int.MaxValue,
        _ => throw new JinjaException(
            JinjaErrorKind.TypeError, "slice indices must be integers or None or have an __index__ method"),
    };
}
