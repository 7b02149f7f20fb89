using System.Text;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>What lists and tuples share.</summary>
internal static class Sequences
{
    [ThreadStatic]
    private static HashSet<JinjaObject>? s_printing;

    public static bool TryIndex(Value key, int length, out int index)
    {
        index = 0;
        if (!key.TryGetInt64(out var at))
        {
            return false;
        }

        at = at < 0 ? at + length : at;
        index = (int)at;
        return at >= 0 && at < length;
    }

    public static List<Value> Slice(IReadOnlyList<Value> items, SliceBounds bounds)
    {
        var result = new List<Value>(bounds.Count);
        for (int i = 0, at = bounds.Start; i < bounds.Count; i++, at += bounds.Step)
        {
            result.Add(items[at]);
        }

        return result;
    }

    public static List<Value> Repeat(RenderState state, IReadOnlyList<Value> items, Value times)
    {
        var count = times.TryGetInt64(out var n) ? Math.Max(0, n) : long.MaxValue;
        state.CheckSize(items.Count, count);
        var result = new List<Value>((int)(items.Count * count));
        for (var i = 0L; i < count && items.Count > 0; i++)
        {
            result.AddRange(items);
        }

        return result;
    }

    public static bool Equal(IReadOnlyList<Value> left, IReadOnlyList<Value> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        EnsureDepth();
        for (var i = 0; i < left.Count; i++)
        {
            if (!left[i].Equals(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool TryCompare(IReadOnlyList<Value> left, IReadOnlyList<Value> right, out int order)
    {
        EnsureDepth();
        for (var i = 0; i < left.Count && i < right.Count; i++)
        {
            if (!left[i].Equals(right[i]))
            {
                order = Operators.Compare(left[i], right[i], "<");
                return true;
            }
        }

        order = left.Count.CompareTo(right.Count);
        return true;
    }

    public static string Repr(JinjaObject owner, IEnumerable<Value> items, string open, string close)
    {
        if (!Enter(owner))
        {
            return open + "..." + close;
        }

        try
        {
            var text = new StringBuilder(open);
            var first = true;
            foreach (var item in items)
            {
                if (!first)
                {
                    text.Append(", ");
                }

                first = false;
                text.Append(item.Repr());
            }

            return text.Append(close).ToString();
        }
        finally
        {
            Leave(owner);
        }
    }

    /// <summary>Marks a container as being printed. False when it already is: it contains itself.</summary>
    public static bool Enter(JinjaObject owner)
    {
        EnsureDepth();
        return (s_printing ??= new HashSet<JinjaObject>(ReferenceEqualityComparer.Instance)).Add(owner);
    }

    public static void Leave(JinjaObject owner) => s_printing!.Remove(owner);

    /// <summary>Guards recursion over nested data.</summary>
    public static void EnsureDepth()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException(JinjaErrorKind.RecursionLimit, "data is nested too deeply");
        }
    }
}
