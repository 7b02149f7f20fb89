using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Platform.Worker.Jinja.Values;

/// <summary>
/// A Jinja value with Python semantics. Small and immutable; lists, dicts, sets and host objects are held by reference, as in Python.
/// <c>default(Value)</c> means "no value" (<see cref="IsMissing"/>) and behaves as undefined.
/// </summary>
internal readonly struct Value : IEquatable<Value>
{
    private const long MarkupFlag = 1;

    private readonly object? _object;
    private readonly long _bits;

    private Value(ValueKind kind, object? value, long bits)
    {
        Kind = kind;
        _object = value;
        _bits = bits;
    }

    public static Value None { get; } = new(ValueKind.None, null, 0);

    public static Value True { get; } = new(ValueKind.Boolean, null, 1);

    public static Value False { get; } = new(ValueKind.Boolean, null, 0);

    public static Value EmptyString { get; } = new(ValueKind.String, string.Empty, 0);

    public ValueKind Kind { get; }

    /// <summary>No value at all: a name that nothing has set.</summary>
    public bool IsMissing => Kind == ValueKind.Undefined && _object is null;

    public bool IsUndefined => Kind == ValueKind.Undefined;

    public bool IsNone => Kind == ValueKind.None;

    public bool IsString => Kind == ValueKind.String;

    /// <summary>An int, float, decimal or (as in Python) a bool.</summary>
    public bool IsNumber => Kind is ValueKind.Boolean or ValueKind.Integer or ValueKind.Float or ValueKind.Decimal;

    /// <summary>An int that may exceed 64 bits, or a bool.</summary>
    public bool IsInteger => Kind is ValueKind.Boolean or ValueKind.Integer;

    /// <summary>A string already marked safe for HTML (<c>|safe</c>, <c>|escape</c>).</summary>
    public bool IsMarkup => Kind == ValueKind.String && _bits == MarkupFlag;

    /// <summary>Truth as Python sees it.</summary>
    public bool IsTrue => Kind switch
    {
        ValueKind.None => false,
        ValueKind.Boolean => _bits != 0,
        ValueKind.Integer => _object is not null || _bits != 0,
        ValueKind.Float => AsDouble() != 0,
        ValueKind.Decimal => (decimal)_object! != 0,
        ValueKind.String => ((string)_object!).Length != 0,
        _ => _object is not null && ((JinjaObject)_object).IsTrue,
    };

    internal bool FitsInt64 => Kind == ValueKind.Boolean || (Kind == ValueKind.Integer && _object is null);

    /// <summary>The object behind a list, tuple, dict, set, undefined or host object; otherwise null.</summary>
    public JinjaObject? Object => _object as JinjaObject;

    public static Value From(bool value) => value ? True : False;

    public static Value From(long value) => new(ValueKind.Integer, null, value);

    public static Value From(double value) => new(ValueKind.Float, null, BitConverter.DoubleToInt64Bits(value));

    public static Value From(decimal value) => new(ValueKind.Decimal, value, 0);

    public static Value From(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? From((long)value) : new(ValueKind.Integer, value, 0);

    /// <summary>A string, or <c>None</c> for null.</summary>
    public static Value From(string? value) => value is null ? None : new(ValueKind.String, value, 0);

    /// <summary>A string that HTML escaping leaves alone.</summary>
    public static Value Markup(string value) => new(ValueKind.String, value, MarkupFlag);

    /// <summary>A list, dict, function or host object, or <c>None</c> for null.</summary>
    public static Value From(JinjaObject? value) => value is null ? None : new(value.Kind, value, 0);

    public static implicit operator Value(string? value) => From(value);

    public static implicit operator Value(bool value) => From(value);

    public static implicit operator Value(int value) => From((long)value);

    public static implicit operator Value(long value) => From(value);

    public static implicit operator Value(double value) => From(value);

    public static implicit operator Value(decimal value) => From(value);

    public static implicit operator Value(JinjaObject? value) => From(value);

    public static bool operator ==(Value left, Value right) => left.Equals(right);

    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <summary>Makes a value of plain .NET data: null, primitives, strings, dictionaries (string keys), sequences, other values.</summary>
    /// <exception cref="ArgumentException">The type has no counterpart; wrap it in a <see cref="JinjaObject"/>.</exception>
    public static Value FromClr(object? value) => value switch
    {
        null => None,
        Value already => already,
        JinjaObject jinja => From(jinja),
        string text => From(text),
        bool flag => From(flag),
        byte or sbyte or short or ushort or int or uint or long => From(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        ulong big => From((BigInteger)big),
        BigInteger big => From(big),
        float single => From((double)single),
        double number => From(number),
        decimal number => From(number),
        char character => From(character.ToString()),
        IDictionary dictionary => From(DictValue.FromClr(dictionary)),
        IEnumerable<KeyValuePair<string, object?>> pairs => From(DictValue.FromClr(pairs)),
        IEnumerable<KeyValuePair<string, Value>> pairs => From(DictValue.From(pairs)),
        IEnumerable sequence => From(ListValue.FromClr(sequence)),
        _ => throw new ArgumentException($"a {value.GetType().Name} has no Jinja counterpart; wrap it in a JinjaObject", nameof(value)),
    };

    /// <summary>
    /// Plain .NET data: null, bool, long, BigInteger, double, decimal, string, List, Dictionary (keys as text); host objects as they are.
    /// </summary>
    /// <exception cref="JinjaException">Nested too deeply, as what contains itself is, or too large.</exception>
    public object? ToClr() => PlainData.Of(this);

    /// <summary>The text of a string value.</summary>
    /// <exception cref="InvalidOperationException">Not a string.</exception>
    public string AsString() => Kind == ValueKind.String ? (string)_object! : throw Not("str");

    public bool TryGetString([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        text = Kind == ValueKind.String ? (string)_object! : null;
        return text is not null;
    }

    /// <summary>The 64-bit integer of an int or bool value.</summary>
    public bool TryGetInt64(out long value)
    {
        value = _bits;
        return FitsInt64;
    }

    public BigInteger AsBigInteger() => IsInteger ? (_object is BigInteger big ? big : _bits) : throw Not("int");

    public decimal AsDecimal() => Kind == ValueKind.Decimal ? (decimal)_object! : throw Not("Decimal");

    /// <summary>Any number as a double.</summary>
    public double AsDouble() => Kind switch
    {
        ValueKind.Float => BitConverter.Int64BitsToDouble(_bits),
        ValueKind.Boolean or ValueKind.Integer => _object is BigInteger big ? (double)big : _bits,
        ValueKind.Decimal => (double)(decimal)_object!,
        _ => throw Not("float"),
    };

    /// <summary>The object as <typeparamref name="T"/>, or null when this value is something else.</summary>
    public T? As<T>()
        where T : class => _object as T;

    /// <summary>True when Python could iterate over it: strings, collections, iterators, iterable objects, undefined.</summary>
    public bool IsIterable => Kind == ValueKind.String || (_object is JinjaObject jinja && jinja.Iterate() is not null) || IsMissing;

    /// <summary>Its elements; characters of a string, keys of a dict.</summary>
    /// <exception cref="JinjaException">Not iterable.</exception>
    public IEnumerable<Value> Iterate()
    {
        if (Kind == ValueKind.String)
        {
            return PythonString.Characters((string)_object!);
        }

        if (IsMissing)
        {
            return [];
        }

        return Object?.Iterate() ?? throw new JinjaException(JinjaErrorKind.TypeError, $"'{TypeName}' object is not iterable");
    }

    /// <summary>Python's type name, as error messages show it.</summary>
    public string TypeName => Kind switch
    {
        ValueKind.None => "NoneType",
        ValueKind.Boolean => "bool",
        ValueKind.Integer => "int",
        ValueKind.Float => "float",
        ValueKind.Decimal => "decimal.Decimal",
        ValueKind.String => _bits == MarkupFlag ? "Markup" : "str",
        _ => Object?.TypeName ?? "Undefined",
    };

    /// <summary>Python's <c>str()</c>: what <c>{{ value }}</c> prints.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.String => (string)_object!,
        ValueKind.None => "None",
        ValueKind.Boolean => _bits != 0 ? "True" : "False",
        ValueKind.Integer => _object is BigInteger big
            ? big.ToString(CultureInfo.InvariantCulture)
            : _bits.ToString(CultureInfo.InvariantCulture),
        ValueKind.Float => NumberText.Float(AsDouble()),
        ValueKind.Decimal => NumberText.Decimal((decimal)_object!),
        _ => _object?.ToString() ?? string.Empty,
    };

    /// <summary>Python's <c>repr()</c>: how the value prints inside a list or dict.</summary>
    public string Repr() => Kind switch
    {
        ValueKind.String => _bits == MarkupFlag ? $"Markup({PythonString.Repr((string)_object!)})" : PythonString.Repr((string)_object!),
        ValueKind.Decimal => $"Decimal('{NumberText.Decimal((decimal)_object!)}')",
        _ => Object?.Repr() ?? ToString(),
    };

    public bool Equals(Value other)
    {
        if (Kind == ValueKind.String)
        {
            return other.Kind == ValueKind.String
                ? string.Equals((string)_object!, (string)other._object!, StringComparison.Ordinal)
                : other.Kind == ValueKind.Object && ((JinjaObject)other._object!).ValueEquals(this);
        }

        if (IsNumber)
        {
            return other.IsNumber ? Operators.NumbersEqual(this, other) : other.Object?.ValueEquals(this) ?? false;
        }

        if (Kind == ValueKind.None || IsMissing)
        {
            return Kind == other.Kind;
        }

        return ReferenceEquals(_object, other._object) || ((JinjaObject)_object!).ValueEquals(other);
    }

    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <summary>Python's <c>hash()</c>: equal numbers of any type hash alike.</summary>
    /// <exception cref="JinjaException">Unhashable: a list, dict or set.</exception>
    public override int GetHashCode() => Kind switch
    {
        ValueKind.String => string.GetHashCode((string)_object!, StringComparison.Ordinal),
        ValueKind.None or ValueKind.Undefined => (int)Kind,
        ValueKind.Boolean or ValueKind.Integer => _object?.GetHashCode() ?? _bits.GetHashCode(),
        ValueKind.Float or ValueKind.Decimal => Operators.HashNumber(this),
        _ => ((JinjaObject)_object!).ValueHash(),
    };

    /// <summary>Python's <c>is</c>: the same object, or the same small constant.</summary>
    public bool IsSame(Value other) =>
        Kind == other.Kind && (Kind is ValueKind.String or ValueKind.Integer or ValueKind.Float or ValueKind.Decimal
            ? Equals(other)
            : ReferenceEquals(_object, other._object) && _bits == other._bits);

    private InvalidOperationException Not(string expected) => new($"expected {expected}, got {TypeName}");
}
