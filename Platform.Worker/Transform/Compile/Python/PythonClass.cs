using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>A Python class: called, it makes an object; its class methods and constants are attributes.</summary>
internal sealed class PythonClass(string name, HostDelegate construct, IReadOnlyDictionary<string, Value> members) : JinjaObject
{
    public override string TypeName => "type";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments) => construct(state, arguments);

    public override bool TryGetAttribute(RenderState state, string attribute, out Value value)
    {
        value = attribute == "__name__" ? name : members.GetValueOrDefault(attribute);
        return !value.IsMissing;
    }

    public override string ToString() => $"<class '{name}'>";
}
