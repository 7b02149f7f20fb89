using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>Code of the host that a template calls.</summary>
internal delegate Value HostDelegate(RenderState state, Arguments arguments);

/// <summary>A function of the host: <c>ref('orders')</c>, <c>return(x)</c>.</summary>
internal sealed class HostFunction(string name, HostDelegate body) : JinjaObject
{
    public string Name { get; } = name;

    public override string TypeName => "function";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments) => body(state, arguments);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name is "__name__" or "name" ? Name : default(Value);
        return !value.IsMissing;
    }

    public override string ToString() => $"<function {Name}>";
}
