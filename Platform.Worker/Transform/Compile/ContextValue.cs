using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>context['name']</c>: any name by text.</summary>
internal sealed class ContextValue : JinjaObject
{
    public override string TypeName => "Context";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        if (name == "get")
        {
            value = new HostFunction("get", (inner, arguments) =>
                Find(inner, arguments[0].ToString(), out var found) ? found : arguments.Count > 1 ? arguments[1] : Value.None);
            return true;
        }

        return Find(state, name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => Find(state, key.ToString(), out value);

    public override bool? Contains(RenderState state, Value item) => Find(state, item.ToString(), out _);

    private static bool Find(RenderState state, string name, out Value value) => ((NodeContext)state.Host!).TryResolve(state, name, out value);
}
