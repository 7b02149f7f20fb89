using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary><c>cycler('odd', 'even')</c>.</summary>
internal sealed class CyclerValue : JinjaObject
{
    private readonly Value[] _items;
    private int _position;

    public CyclerValue(Arguments arguments) => _items = arguments.Count == 0
        ? throw new JinjaException(JinjaErrorKind.RuntimeError, "at least one item has to be provided")
        : arguments.Positional;

    public override string TypeName => "jinja2.utils.Cycler";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "current" => _items[_position],
            "next" or "__next__" => new HostFunction("next", (_, _) => Next()),
            "reset" => new HostFunction("reset", (_, _) => Reset()),
            "items" => new TupleValue(_items),
            "pos" => _position,
            _ => default,
        };
        return !value.IsMissing;
    }

    private Value Next()
    {
        var item = _items[_position];
        _position = (_position + 1) % _items.Length;
        return item;
    }

    private Value Reset()
    {
        _position = 0;
        return Value.None;
    }
}

/// <summary><c>joiner(', ')</c>: nothing the first time, then the separator.</summary>
internal sealed class JoinerValue : JinjaObject
{
    private readonly Value _separator;
    private bool _used;

    public JoinerValue(Arguments arguments)
    {
        var reader = arguments.Read("joiner");
        _separator = reader.Optional("sep", ", ");
        reader.Finish();
    }

    public override string TypeName => "jinja2.utils.Joiner";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments)
    {
        var text = _used ? _separator : Value.EmptyString;
        _used = true;
        return text;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch { "sep" => _separator, "used" => _used, _ => default };
        return !value.IsMissing;
    }
}
