using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>A Python set. It iterates in insertion order, which Python leaves open.</summary>
internal sealed class SetValue : JinjaObject
{
    public SetValue()
    {
    }

    public SetValue(IEnumerable<Value> items)
    {
        foreach (var item in items)
        {
            Items.TryAdd(item, default);
        }
    }

    public OrderedDictionary<Value, bool> Items { get; } = [];

    public override ValueKind Kind => ValueKind.Set;

    public override string TypeName => "set";

    public override int? Length => Items.Count;

    public bool Add(Value item) => Items.TryAdd(item, default);

    public override bool TryGetAttribute(RenderState state, string name, out Value value) =>
        SetMethods.Table.TryBind(this, name, out value);

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result) =>
        SetMethods.Table.TryCall(state, this, name, arguments, out result);

    public override IEnumerable<Value> Iterate()
    {
        var count = Items.Count;
        for (var i = 0; i < count; i++)
        {
            yield return Items.GetAt(i).Key;
            if (Items.Count != count)
            {
                throw new JinjaException(JinjaErrorKind.RuntimeError, "Set changed size during iteration");
            }
        }
    }

    public override bool? Contains(RenderState state, Value item) => Items.ContainsKey(item);

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = default;
        if (op != BinaryOperator.Subtract || reflected || other.As<SetValue>() is not { } set)
        {
            return false;
        }

        result = new SetValue(Items.Keys.Where(item => !set.Items.ContainsKey(item)));
        return true;
    }

    /// <summary>As Python does, less-than means subset; sets of which none holds the other have no order.</summary>
    public override bool TryCompare(Value other, out int order)
    {
        order = 0;
        return false;
    }

    public bool IsSubsetOf(SetValue other) => Items.Keys.All(other.Items.ContainsKey);

    public override bool ValueEquals(Value other) =>
        other.As<SetValue>() is { } set && set.Items.Count == Items.Count && IsSubsetOf(set);

    public override int ValueHash() => throw new JinjaException(JinjaErrorKind.TypeError, "unhashable type: 'set'");

    public override string ToString() => Items.Count == 0 ? "set()" : Sequences.Repr(this, Items.Keys, "{", "}");

    public override string Repr() => ToString();
}
