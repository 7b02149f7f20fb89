using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>What an unknown name, attribute or element evaluates to. Knows why, and says so when it is used.</summary>
internal sealed class UndefinedValue(UndefinedBehavior behavior, string? name, Value owner = default, string? hint = null) : JinjaObject
{
    private readonly Value _key;

    /// <summary>For an attribute or element that <paramref name="owner"/> does not have.</summary>
    public UndefinedValue(UndefinedBehavior behavior, Value owner, Value key)
        : this(behavior, key.ToString(), owner) => _key = key;

    /// <summary>The name that was looked up, if any.</summary>
    public string? Name { get; } = name;

    public UndefinedBehavior Behavior { get; } = behavior;

    public override ValueKind Kind => ValueKind.Undefined;

    public override string TypeName => Behavior switch
    {
        UndefinedBehavior.Strict => "StrictUndefined",
        UndefinedBehavior.Chainable or UndefinedBehavior.Lenient => "ChainableUndefined",
        UndefinedBehavior.Debug => "DebugUndefined",
        _ => "Undefined",
    };

    public override int? Length => Behavior == UndefinedBehavior.Strict ? throw Error() : 0;

    public override bool IsTrue => Behavior == UndefinedBehavior.Strict ? throw Error() : false;

    public override bool IsCallable => Behavior == UndefinedBehavior.Lenient;

    /// <summary>What is undefined, in Jinja's words.</summary>
    public string Message => hint ?? (owner.IsMissing
        ? $"'{Name}' is undefined"
        : _key.IsMissing || _key.IsString
            ? $"'{Describe(owner)}' has no attribute {PythonString.Repr(Name ?? "")}"
            : $"{Describe(owner)} has no element {_key.Repr()}");

    public JinjaException Error() => new(JinjaErrorKind.UndefinedError, Message) { UndefinedName = Name };

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = this;
        return Behavior is UndefinedBehavior.Chainable or UndefinedBehavior.Lenient ? true : throw Error();
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => TryGetAttribute(state, string.Empty, out value);

    public override Value Call(RenderState state, Arguments arguments) =>
        Behavior == UndefinedBehavior.Lenient ? this : throw Error();

    public override IEnumerable<Value> Iterate() => Behavior == UndefinedBehavior.Strict ? throw Error() : [];

    public override bool? Contains(RenderState state, Value item) => Behavior == UndefinedBehavior.Strict ? throw Error() : false;

    public override bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result) => throw Error();

    public override bool TryCompare(Value other, out int order) => throw Error();

    public override bool TryNegate(out Value result) => throw Error();

    public override bool ValueEquals(Value other) => Behavior == UndefinedBehavior.Strict ? throw Error() : other.IsUndefined;

    public override int ValueHash() => Behavior == UndefinedBehavior.Strict ? throw Error() : 0;

    public override string ToString() => Behavior switch
    {
        UndefinedBehavior.Strict => throw Error(),
        UndefinedBehavior.Debug => hint is not null
            ? $"{{{{ undefined value printed: {hint} }}}}"
            : owner.IsMissing ? $"{{{{ {Name} }}}}" : $"{{{{ no such element: {Describe(owner)}[{(_key.IsMissing ? Value.From(Name) : _key).Repr()}] }}}}",
        _ => string.Empty,
    };

    public override string Repr() => "Undefined";

    private static string Describe(Value value) => value.IsNone ? "None" : $"{value.TypeName} object";
}
