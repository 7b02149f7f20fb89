using System.Collections;
using System.Text;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>A Python dict: mutable, in insertion order, shared by reference.</summary>
internal sealed class DictValue : JinjaObject
{
    public DictValue()
    {
    }

    public OrderedDictionary<Value, Value> Items { get; } = [];

    public override ValueKind Kind => ValueKind.Dict;

    public override string TypeName => "dict";

    public override int? Length => Items.Count;

    public Value this[Value key]
    {
        get => Items[key];
        set => Items[key] = value;
    }

    public static DictValue From(IEnumerable<KeyValuePair<string, Value>> pairs)
    {
        var dict = new DictValue();
        foreach (var (key, value) in pairs)
        {
            dict.Items[key] = value;
        }

        return dict;
    }

    public static DictValue FromClr(IDictionary pairs)
    {
        var dict = new DictValue();
        foreach (DictionaryEntry pair in pairs)
        {
            dict.Items[Value.FromClr(pair.Key)] = Value.FromClr(pair.Value);
        }

        return dict;
    }

    public static DictValue FromClr(IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        var dict = new DictValue();
        foreach (var (key, value) in pairs)
        {
            dict.Items[key] = Value.FromClr(value);
        }

        return dict;
    }

    public bool TryGetValue(Value key, out Value value) => Items.TryGetValue(key, out value);

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = default;
        return key.Kind is not (ValueKind.List or ValueKind.Dict or ValueKind.Set) && Items.TryGetValue(key, out value);
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value) =>
        DictMethods.Table.TryBind(this, name, out value);

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result) =>
        DictMethods.Table.TryCall(state, this, name, arguments, out result);

    public override IEnumerable<Value> Iterate()
    {
        var count = Items.Count;
        for (var i = 0; i < count; i++)
        {
            yield return Items.GetAt(i).Key;
            if (Items.Count != count)
            {
                throw new JinjaException(JinjaErrorKind.RuntimeError, "dictionary changed size during iteration");
            }
        }
    }

    public override bool? Contains(RenderState state, Value item) => Items.ContainsKey(item);

    public override bool ValueEquals(Value other)
    {
        if (other.As<DictValue>() is not { } dict || dict.Items.Count != Items.Count)
        {
            return false;
        }

        Sequences.BeginWalk(Items.Count);
        try
        {
            foreach (var (key, value) in Items)
            {
                if (!dict.Items.TryGetValue(key, out var theirs) || !value.Equals(theirs))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            Sequences.EndWalk();
        }
    }

    public override int ValueHash() => throw new JinjaException(JinjaErrorKind.TypeError, "unhashable type: 'dict'");

    public override string ToString()
    {
        if (!Sequences.Enter(this))
        {
            return "{...}";
        }

        try
        {
            var text = new StringBuilder("{");
            foreach (var (key, value) in Items)
            {
                text.Append(text.Length > 1 ? ", " : string.Empty).Append(key.Repr()).Append(": ").Append(value.Repr());
                Sequences.CheckText(text.Length);
            }

            return text.Append('}').ToString();
        }
        finally
        {
            Sequences.Leave(this);
        }
    }

    public override string Repr() => ToString();
}
