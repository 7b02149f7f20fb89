using System.Collections;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>A Python list: mutable, shared by reference.</summary>
internal sealed class ListValue : JinjaObject
{
    public ListValue()
        : this([])
    {
    }

    /// <summary>Wraps <paramref name="items"/> without copying.</summary>
    public ListValue(List<Value> items) => Items = items;

    public ListValue(IEnumerable<Value> items) => Items = [.. items];

    public List<Value> Items { get; }

    public override ValueKind Kind => ValueKind.List;

    public override string TypeName => "list";

    public override int? Length => Items.Count;

    public override bool IsSequence => true;

    public static ListValue FromClr(IEnumerable items)
    {
        var list = new ListValue();
        foreach (var item in items)
        {
            list.Items.Add(Value.FromClr(item));
        }

        return list;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        if (Sequences.TryIndex(key, Items.Count, out var index))
        {
            value = Items[index];
            return true;
        }

        value = default;
        return false;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value) =>
        ListMethods.Table.TryBind(this, name, out value);

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result) =>
        ListMethods.Table.TryCall(state, this, name, arguments, out result);

    public override Value? Slice(SliceBounds bounds) => new ListValue(Sequences.Slice(Items, bounds));

    /// <summary>As in Python, elements that are added meanwhile are seen.</summary>
    public override IEnumerable<Value> Iterate()
    {
        for (var i = 0; i < Items.Count; i++)
        {
            yield return Items[i];
        }
    }

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = default;
        switch (op)
        {
            case BinaryOperator.Add when !reflected && other.As<ListValue>() is { } list:
                result = new ListValue(Sequences.Concatenate(state, Items, list.Items));
                return true;
            case BinaryOperator.Multiply when other.IsInteger:
                result = new ListValue(Sequences.Repeat(state, Items, other));
                return true;
            default:
                return false;
        }
    }

    public override bool TryCompare(Value other, out int order)
    {
        order = 0;
        return other.As<ListValue>() is { } list && Sequences.TryCompare(Items, list.Items, out order);
    }

    public override bool ValueEquals(Value other) => other.As<ListValue>() is { } list && Sequences.Equal(Items, list.Items);

    public override int ValueHash() => throw new JinjaException(JinjaErrorKind.TypeError, "unhashable type: 'list'");

    public override string ToString() => Sequences.Repr(this, Items, "[", "]");

    public override string Repr() => ToString();
}
