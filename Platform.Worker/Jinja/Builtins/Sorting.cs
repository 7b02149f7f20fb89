using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>
/// Python's <c>sorted()</c>: stable, also in reverse; fails on values that have no order, undefined ones unless they are taken for alike.
/// </summary>
internal static class Sorting
{
    public static List<Value> Sort(RenderState state, IEnumerable<Value> items, Func<Value, Value> key, bool reverse, bool undefinedIsAlike = false)
    {
        var keyed = new List<(Value Key, Value Item)>();
        foreach (var item in items)
        {
            state.Step();
            keyed.Add((key(item), item));
            state.CheckItems(keyed.Count);
        }

        var comparer = Comparer<Value>.Create((left, right) =>
        {
            state.Step();
            return undefinedIsAlike && left.IsUndefined && right.IsUndefined ? 0 : Operators.Ordered(right, left, "<") ? 1 : Operators.Ordered(left, right, "<") ? -1 : 0;
        });
        try
        {
            var sorted = reverse
                ? keyed.OrderByDescending(static pair => pair.Key, comparer)
                : keyed.OrderBy(static pair => pair.Key, comparer);
            return [.. sorted.Select(static pair => pair.Item)];
        }
        catch (InvalidOperationException error) when (error.InnerException is JinjaException inner)
        {
            throw inner;
        }
    }

    /// <summary>The key that most filters order and compare by: strings in lower case unless case matters.</summary>
    public static Value IgnoreCase(Value value) => value.TryGetString(out var text) ? text.ToLowerInvariant() : value;
}
