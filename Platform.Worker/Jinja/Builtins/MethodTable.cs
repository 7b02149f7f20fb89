using System.Collections.Frozen;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>A method of a built-in type.</summary>
internal delegate Value Method<in T>(RenderState state, T self, Arguments arguments);

/// <summary>The methods of a built-in type by name.</summary>
internal sealed class MethodTable<T>(string typeName, Dictionary<string, Method<T>> methods)
{
    private readonly FrozenDictionary<string, Method<T>> _methods = methods.ToFrozenDictionary(StringComparer.Ordinal);

    public bool TryBind(T self, string name, out Value bound)
    {
        bound = _methods.TryGetValue(name, out var method) ? new BoundMethod<T>(typeName, name, self, method) : default(Value);
        return !bound.IsMissing;
    }

    public bool TryCall(RenderState state, T self, string name, Arguments arguments, out Value result)
    {
        if (_methods.TryGetValue(name, out var method))
        {
            result = method(state, self, arguments);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary>A method taken off its object without calling it: <c>{% set add = list.append %}</c>.</summary>
internal sealed class BoundMethod<T>(string typeName, string name, T self, Method<T> method) : JinjaObject
{
    public override string TypeName => "builtin_function_or_method";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments) => method(state, self, arguments);

    public override string ToString() => $"<built-in method {name} of {typeName} object>";
}
