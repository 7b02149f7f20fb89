using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>agate's mapped sequence: elements by position or by name.</summary>
internal sealed class AgateSequence(IReadOnlyList<string> names, Func<int, JinjaObject> element) : JinjaObject
{
    public override string TypeName => "MappedSequence";

    public override int? Length => names.Count;

    public override bool IsSequence => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "keys" => new HostFunction(name, (_, _) => new TupleValue([.. names.Select(key => Value.From(key))])),
            "values" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate()])),
            "items" => new HostFunction(name, (_, _) => new ListValue(
                names.Select((key, index) => Value.From(new TupleValue([key, Value.From(element(index))]))))),
            "get" => new HostFunction(name, (inner, arguments) => TryGetItem(inner, arguments[0], out var found) ? found : Value.None),
            _ => default,
        };
        return !value.IsMissing || TryGetItem(state, name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        for (var index = 0; index < names.Count && key.IsString; index++)
        {
            if (names[index] == key.AsString())
            {
                value = element(index);
                return true;
            }
        }

        value = Sequences.TryIndex(key, names.Count, out var position) ? Value.From(element(position)) : default;
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => names.Select((_, index) => Value.From(element(index)));
}
