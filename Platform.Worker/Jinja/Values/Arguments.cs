namespace Platform.Worker.Jinja.Values;

/// <summary>The arguments of one call: by position, then by name, in the order written.</summary>
internal readonly struct Arguments(Value[]? positional, NamedValue[]? named = null)
{
    private readonly Value[]? _positional = positional;
    private readonly NamedValue[]? _named = named;

    public Arguments(params Value[] positional)
        : this(positional, null)
    {
    }

    public static Arguments None => default;

    public Value[] Positional => _positional ?? [];

    public NamedValue[] Named => _named ?? [];

    public int Count => Positional.Length;

    public Value this[int index] => Positional[index];

    /// <summary>The call block's body when the call came from <c>{% call %}</c>; otherwise missing.</summary>
    public Value Caller => TryGetNamed("caller", out var caller) ? caller : default;

    public bool TryGetNamed(string name, out Value value)
    {
        foreach (var argument in Named)
        {
            if (string.Equals(argument.Name, name, StringComparison.Ordinal))
            {
                value = argument.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reads the arguments one parameter after the other, with Python's messages for missing and surplus ones.</summary>
    public ArgumentReader Read(string function) => new(function, this);

    /// <summary>The same arguments without the first <paramref name="count"/> positional ones.</summary>
    public Arguments Skip(int count) => new(Positional[Math.Min(count, Positional.Length)..], _named);
}

/// <summary>A keyword argument.</summary>
internal readonly record struct NamedValue(string Name, Value Value);
