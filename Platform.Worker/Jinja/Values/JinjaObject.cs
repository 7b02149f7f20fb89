using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>
/// The base of everything a template can hold by reference: collections, functions, macros, and whatever a host exposes.
/// A host overrides what its object supports; everything else fails as it would in Python.
/// </summary>
internal abstract class JinjaObject
{
    public virtual ValueKind Kind => ValueKind.Object;

    /// <summary>Python's type name, as error messages show it.</summary>
    public abstract string TypeName { get; }

    /// <summary>Number of elements, or null when the object has no <c>len()</c>.</summary>
    public virtual int? Length => null;

    public virtual bool IsTrue => Length != 0;

    public virtual bool IsCallable => false;

    /// <summary>True for sequences (a length and elements by index), as the test <c>is sequence</c> asks.</summary>
    public virtual bool IsSequence => false;

    /// <summary>True when the object maps keys to values, as the test <c>is mapping</c> asks.</summary>
    public virtual bool IsMapping => Kind == ValueKind.Dict;

    /// <summary>The attribute <c>object.name</c>, which includes methods.</summary>
    public virtual bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = default;
        return false;
    }

    /// <summary>The element <c>object[key]</c>.</summary>
    public virtual bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = default;
        return false;
    }

    /// <summary>A part of the sequence, or null when the object has no slices. Bounds are normalized by the caller.</summary>
    public virtual Value? Slice(SliceBounds bounds) => null;

    /// <summary>Elements, or null when the object is not iterable.</summary>
    public virtual IEnumerable<Value>? Iterate() => null;

    /// <summary>Calls the object: <c>object(args)</c>.</summary>
    public virtual Value Call(RenderState state, Arguments arguments) =>
        throw new JinjaException(JinjaErrorKind.TypeError, $"'{TypeName}' object is not callable");

    /// <summary>Calls <c>object.name(args)</c>. False when there is no such attribute. Override to save the intermediate method object.</summary>
    public virtual bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        if (!TryGetAttribute(state, name, out var method))
        {
            result = default;
            return false;
        }

        result = state.Invoke(method, arguments);
        return true;
    }

    /// <summary>Whether <c>item in object</c>, or null to search the elements.</summary>
    public virtual bool? Contains(RenderState state, Value item) => null;

    /// <summary>
    /// Computes <c>object op other</c>, or <c>other op object</c> when <paramref name="reflected"/>. False when the types do not go together.
    /// </summary>
    public virtual bool TryOperate(RenderState state, BinaryOperator op, Value other, bool reflected, out Value result)
    {
        result = default;
        return false;
    }

    /// <summary>Orders two values: negative, zero or positive. False when they have no order.</summary>
    public virtual bool TryCompare(Value other, out int order)
    {
        order = 0;
        return false;
    }

    /// <summary>Computes <c>-object</c>. False when it has no negative.</summary>
    public virtual bool TryNegate(out Value result)
    {
        result = default;
        return false;
    }

    public virtual bool ValueEquals(Value other) => ReferenceEquals(this, other.Object);

    public virtual int ValueHash() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>Python's <c>repr()</c>.</summary>
    public virtual string Repr() => ToString();

    /// <summary>Python's <c>str()</c>.</summary>
    public override string ToString() => $"<{TypeName} object>";
}
