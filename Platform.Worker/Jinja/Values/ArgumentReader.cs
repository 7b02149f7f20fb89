using System.Globalization;

namespace Platform.Worker.Jinja.Values;

/// <summary>
/// Binds arguments to parameters in declaration order. Call <see cref="Finish"/> last, so that surplus arguments are an error.
/// </summary>
internal ref struct ArgumentReader(string function, Arguments arguments)
{
    private readonly Arguments _arguments = arguments;
    private readonly List<string> _taken = [];
    private int _position;

    /// <summary>The next parameter, by position or by name.</summary>
    /// <exception cref="JinjaException">It was not given.</exception>
    public Value Required(string name) => TryNext(name, out var value)
        ? value
        : throw new JinjaException(
            JinjaErrorKind.TypeError, $"{function}() missing required argument: '{name}'");

    /// <summary>The next parameter, or <paramref name="fallback"/>.</summary>
    public Value Optional(string name, Value fallback = default) => TryNext(name, out var value) ? value : fallback;

    public string RequiredString(string name) => Text(name, Required(name));

    public string? OptionalString(string name, string? fallback = null)
    {
        var value = Optional(name);
        return value.IsMissing ? fallback : value.IsNone ? null : Text(name, value);
    }

    public long OptionalInteger(string name, long fallback)
    {
        var value = Optional(name);
        return value.IsMissing ? fallback : Integer(name, value);
    }

    public long RequiredInteger(string name) => Integer(name, Required(name));

    public bool OptionalBoolean(string name, bool fallback)
    {
        var value = Optional(name);
        return value.IsMissing ? fallback : value.IsTrue;
    }

    /// <summary>The positional arguments not read yet (<c>*args</c>).</summary>
    public ReadOnlySpan<Value> Rest()
    {
        var rest = _arguments.Positional.AsSpan(Math.Min(_position, _arguments.Count));
        _position = _arguments.Count;
        return rest;
    }

    /// <summary>Rejects arguments that no parameter took. The body of a call block (<c>caller</c>) is accepted silently.</summary>
    public readonly void Finish()
    {
        if (_position < _arguments.Count)
        {
            throw new JinjaException(
                JinjaErrorKind.TypeError,
                $"{function}() takes {_position} positional argument{(_position == 1 ? "" : "s")} but {_arguments.Count} were given");
        }

        if (_taken.Count < _arguments.Named.Length)
        {
            foreach (var (name, _) in _arguments.Named)
            {
                if (name != "caller" && !_taken.Contains(name))
                {
                    throw new JinjaException(
                        JinjaErrorKind.TypeError, $"{function}() got an unexpected keyword argument '{name}'");
                }
            }
        }
    }

    private bool TryNext(string name, out Value value)
    {
        if (_position < _arguments.Count)
        {
            value = _arguments[_position++];
            return _arguments.TryGetNamed(name, out _)
                ? throw new JinjaException(
                    JinjaErrorKind.TypeError, $"{function}() got multiple values for argument '{name}'")
                : true;
        }

        if (!_arguments.TryGetNamed(name, out value))
        {
            return false;
        }

        _taken.Add(name);
        return true;
    }

    /// <summary>The parameter just read, as Python names it: by number when given by position.</summary>
    private readonly string Describe(string name) =>
        _position > 0 && !_taken.Contains(name) ? _position.ToString(CultureInfo.InvariantCulture) : $"'{name}'";

    private readonly string Text(string name, Value value) => value.TryGetString(out var text)
        ? text
        : throw new JinjaException(
            JinjaErrorKind.TypeError, $"{function}() argument {Describe(name)} must be str, not {value.TypeName}");

    private readonly long Integer(string name, Value value) => value.TryGetInt64(out var number)
        ? number
        : throw new JinjaException(
            JinjaErrorKind.TypeError, $"{function}() argument {Describe(name)} must be int, not {value.TypeName}");
}
