using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>What <c>dict.keys()</c>, <c>values()</c> and <c>items()</c> return: a live view.</summary>
internal sealed class DictView(DictValue dict, DictPart part) : JinjaObject
{
    public override string TypeName => part switch
    {
        DictPart.Keys => "dict_keys",
        DictPart.Values => "dict_values",
        _ => "dict_items",
    };

    public override int? Length => dict.Items.Count;

    public override IEnumerable<Value> Iterate()
    {
        foreach (var key in dict.Iterate())
        {
            yield return part switch
            {
                DictPart.Keys => key,
                DictPart.Values => dict[key],
                _ => new TupleValue(key, dict[key]),
            };
        }
    }

    public override bool? Contains(RenderState state, Value item) => part == DictPart.Keys ? dict.Items.ContainsKey(item) : null;

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = default;
        if (op != BinaryOperator.Subtract || reflected || part == DictPart.Values)
        {
            return false;
        }

        var without = new SetValue(state.Collect(other));
        result = new SetValue(Iterate().Where(item => !without.Items.ContainsKey(item)));
        return true;
    }

    public override bool ValueEquals(Value other) => ReferenceEquals(this, other.Object)
        || (part != DictPart.Values && other.Object is DictView or SetValue && new SetValue(Iterate()).ValueEquals(new SetValue(other.Iterate())));

    public override int ValueHash() => throw new JinjaException(JinjaErrorKind.TypeError, $"unhashable type: '{TypeName}'");

    public override string ToString() => Sequences.Repr(this, Iterate(), TypeName + "([", "])");
}

internal enum DictPart : byte
{
    Keys,
    Values,
    Items,
}
