using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>A Python tuple: immutable, hashable when its elements are.</summary>
internal sealed class TupleValue(params Value[] items) : JinjaObject
{
    public static readonly TupleValue Empty = new();

    public Value[] Items { get; } = items;

    public override ValueKind Kind => ValueKind.Tuple;

    public override string TypeName => "tuple";

    public override int? Length => Items.Length;

    public override bool IsSequence => true;

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        if (Sequences.TryIndex(key, Items.Length, out var index))
        {
            value = Items[index];
            return true;
        }

        value = default;
        return false;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value) =>
        TupleMethods.Table.TryBind(this, name, out value);

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result) =>
        TupleMethods.Table.TryCall(state, this, name, arguments, out result);

    public override Value? Slice(SliceBounds bounds) => new TupleValue([.. Sequences.Slice(Items, bounds)]);

    public override IEnumerable<Value> Iterate() => Items;

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = default;
        switch (op)
        {
            case BinaryOperator.Add when !reflected && other.As<TupleValue>() is { } tuple:
                result = new TupleValue([.. Sequences.Concatenate(state, Items, tuple.Items)]);
                return true;
            case BinaryOperator.Multiply when other.IsInteger:
                result = new TupleValue([.. Sequences.Repeat(state, Items, other)]);
                return true;
            default:
                return false;
        }
    }

    public override bool TryCompare(Value other, out int order)
    {
        order = 0;
        return other.As<TupleValue>() is { } tuple && Sequences.TryCompare(Items, tuple.Items, out order);
    }

    public override bool ValueEquals(Value other) => other.As<TupleValue>() is { } tuple && Sequences.Equal(Items, tuple.Items);

    public override int ValueHash()
    {
        Sequences.BeginWalk(Items.Length);
        try
        {
            var hash = default(HashCode);
            foreach (var item in Items)
            {
                hash.Add(item.GetHashCode());
            }

            return hash.ToHashCode();
        }
        finally
        {
            Sequences.EndWalk();
        }
    }

    public override string ToString() => Sequences.Repr(this, Items, "(", Items.Length == 1 ? ",)" : ")");

    public override string Repr() => ToString();
}
