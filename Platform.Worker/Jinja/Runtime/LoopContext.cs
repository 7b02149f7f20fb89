using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>The variable <c>loop</c>. Looks ahead only when asked, so that a loop over an iterator stays lazy.</summary>
internal sealed class LoopContext : JinjaObject
{
    private readonly RenderState _state;
    private readonly JinjaObject? _sized;
    private readonly Func<Value, int, Value>? _recurse;
    private readonly int _depth0;
    private IEnumerator<Value> _items;
    private int? _length;
    private Value _before;
    private Value _current;
    private Value _after;
    private bool _peeked;
    private bool _hasAfter;
    private Value[]? _lastChanged;
    private int _index0 = -1;

    /// <param name="state">The rendering.</param>
    /// <param name="items">What is looped over.</param>
    /// <param name="sized">The collection the items come from, when its length is that of the loop.</param>
    /// <param name="recurse">Renders the loop for other items one level deeper; null when the loop is not recursive.</param>
    /// <param name="depth0">The level, from 0.</param>
    public LoopContext(RenderState state, IEnumerable<Value> items, JinjaObject? sized, Func<Value, int, Value>? recurse, int depth0)
    {
        _state = state;
        _items = items.GetEnumerator();
        _sized = sized;
        _recurse = recurse;
        _depth0 = depth0;
    }

    public override string TypeName => "LoopContext";

    public override bool IsCallable => true;

    public override int? Length => Count();

    public Value Current => _current;

    public bool MoveNext()
    {
        var (has, item) = _peeked ? (_hasAfter, _after) : Read();
        _peeked = false;
        if (!has)
        {
            return false;
        }

        _index0++;
        _before = _current;
        _current = item;
        return true;
    }

    public override Value Call(RenderState state, Arguments arguments)
    {
        if (_recurse is null)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, "The loop must have the 'recursive' marker to be called recursively.");
        }

        var reader = arguments.Read("loop");
        var items = reader.Required("iterable");
        reader.Finish();
        return _recurse(items, _depth0 + 1);
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "index" => _index0 + 1,
            "index0" => _index0,
            "revindex" => Count() - _index0,
            "revindex0" => Count() - _index0 - 1,
            "first" => _index0 == 0,
            "last" => !Peek(),
            "length" => Count(),
            "depth" => _depth0 + 1,
            "depth0" => _depth0,
            "previtem" => _index0 == 0 ? state.MakeUndefined("previtem", "there is no previous item") : _before,
            "nextitem" => Peek() ? _after : state.MakeUndefined("nextitem", "there is no next item"),
            "cycle" => new HostFunction("cycle", (_, arguments) => Cycle(arguments)),
            "changed" => new HostFunction("changed", (_, arguments) => Changed(arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = name switch
        {
            "cycle" => Cycle(arguments),
            "changed" => Changed(arguments),
            _ => default,
        };
        return !result.IsMissing || base.TryCallMethod(state, name, arguments, out result);
    }

    public override string ToString() => $"<LoopContext {_index0 + 1}/{Count()}>";

    private Value Cycle(Arguments arguments) => arguments.Count == 0
        ? throw new JinjaException(JinjaErrorKind.TypeError, "no items for cycling given")
        : arguments[_index0 % arguments.Count];

    private bool Changed(Arguments arguments)
    {
        if (_lastChanged is not null && Sequences.Equal(_lastChanged, arguments.Positional))
        {
            return false;
        }

        _lastChanged = arguments.Positional;
        return true;
    }

    private bool Peek()
    {
        if (!_peeked)
        {
            (_hasAfter, _after) = Read();
            _peeked = true;
        }

        return _hasAfter;
    }

    private (bool Has, Value Item) Read() => _items.MoveNext() ? (true, _items.Current) : (false, default);

    private int Count()
    {
        if (_length is null && _sized?.Length is { } known)
        {
            _length = known;
        }

        if (_length is null)
        {
            var rest = new List<Value>();
            while (_items.MoveNext())
            {
                _state.Step();
                rest.Add(_items.Current);
                _state.CheckItems(rest.Count);
            }

            _length = rest.Count + _index0 + 1 + (_peeked && _hasAfter ? 1 : 0);
            _items = rest.GetEnumerator();
        }

        return _length.Value;
    }
}
