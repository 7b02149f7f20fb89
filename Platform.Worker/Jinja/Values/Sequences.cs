using System.Text;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>What lists and tuples share.</summary>
internal static class Sequences
{
    /// <summary>Characters that the text of a value may have, and values that a walk over one may meet.</summary>
    public const int MaxText = 16_000_000;
    private const int MaxWalk = 4_000_000;

    /// <summary>How deep data may be to be printed; Python gives up there, too.</summary>
    private const int MaxDepth = 1000;

    [ThreadStatic]
    private static HashSet<JinjaObject>? s_printing;

    [ThreadStatic]
    private static int s_walks;

    [ThreadStatic]
    private static long s_walked;

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
        state.CheckItems(items.Count, count);
        state.StepText(items.Count * count);
        var result = new List<Value>((int)(items.Count * count));
        for (var i = 0L; i < count && items.Count > 0; i++)
        {
            result.AddRange(items);
        }

        return result;
    }

    public static List<Value> Concatenate(RenderState state, IReadOnlyCollection<Value> left, IReadOnlyCollection<Value> right)
    {
        var count = left.Count + right.Count;
        state.CheckItems(count);
        state.StepText(count);
        return [.. left, .. right];
    }

    public static bool Equal(IReadOnlyList<Value> left, IReadOnlyList<Value> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        BeginWalk(left.Count);
        try
        {
            for (var i = 0; i < left.Count; i++)
            {
                if (!left[i].Equals(right[i]))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            EndWalk();
        }
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
                CheckText(text.Length);
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
        s_printing ??= new HashSet<JinjaObject>(ReferenceEqualityComparer.Instance);
        return s_printing.Count < MaxDepth ? s_printing.Add(owner) : throw TooDeep();
    }

    public static void Leave(JinjaObject owner) => s_printing!.Remove(owner);

    public static void CheckText(int length)
    {
        if (length > MaxText)
        {
            throw new JinjaException(JinjaErrorKind.OutputLimit, $"the text of a value exceeds {MaxText} characters");
        }
    }

    /// <summary>
    /// Guards a comparison that goes into nested data: it may be deep, and lists that hold one list twice, and so on, have no end in practice.
    /// </summary>
    public static void BeginWalk(int count)
    {
        EnsureDepth();
        s_walked = s_walks == 0 ? count : s_walked + count;
        if (s_walked > MaxWalk)
        {
            throw new JinjaException(JinjaErrorKind.StepLimit, $"comparing two values meets more than {MaxWalk} parts; it may never end");
        }

        s_walks++;
    }

    public static void EndWalk() => s_walks--;

    /// <summary>Guards recursion over nested data.</summary>
    public static void EnsureDepth()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TooDeep();
        }
    }

    private static JinjaException TooDeep() => new(JinjaErrorKind.RecursionLimit, "data is nested too deeply");
}
