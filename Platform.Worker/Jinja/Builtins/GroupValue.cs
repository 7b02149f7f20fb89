using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>A group of <c>groupby</c>: a pair that also has the attributes <c>grouper</c> and <c>list</c>.</summary>
internal sealed class GroupValue(Value grouper, List<Value> items) : JinjaObject
{
    private readonly TupleValue _pair = new(grouper, new ListValue(items));

    public override string TypeName => "tuple";

    public override int? Length => 2;

    public override bool IsSequence => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch { "grouper" => _pair.Items[0], "list" => _pair.Items[1], _ => default };
        return !value.IsMissing || _pair.TryGetAttribute(state, name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => _pair.TryGetItem(state, key, out value);

    public override Value? Slice(SliceBounds bounds) => _pair.Slice(bounds);

    public override IEnumerable<Value> Iterate() => _pair.Items;

    public override bool ValueEquals(Value other) => _pair.ValueEquals(other) || (other.As<GroupValue>() is { } group && _pair.ValueEquals(group._pair));

    public override int ValueHash() => _pair.ValueHash();

    public override bool TryCompare(Value other, out int order) =>
        _pair.TryCompare(other.As<GroupValue>() is { } group ? group._pair : other, out order);

    public override string ToString() => _pair.ToString();
}
