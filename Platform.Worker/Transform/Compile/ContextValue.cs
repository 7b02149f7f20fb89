using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>context</c>: any name by text, as a dict. What is put in is a name that all macros of the node find from then on; packages keep their own
/// state there.
/// </summary>
internal sealed class ContextValue : JinjaObject
{
    public override string TypeName => "Context";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        HostDelegate? method = name switch
        {
            "get" => static (inner, arguments) => Get(inner, arguments) ?? Value.None,
            "setdefault" => static (inner, arguments) => Get(inner, new Arguments([arguments[0]])) ?? Put(inner, arguments[0], arguments.Count > 1 ? arguments[1] : Value.None),
            "update" => Update,
            "pop" => Pop,
            _ => null,
        };
        if (method is not null)
        {
            value = new HostFunction(name, method);
            return true;
        }

        return Find(state, name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => Find(state, key.ToString(), out value);

    public override bool? Contains(RenderState state, Value item) => Find(state, item.ToString(), out _);

    private static NodeContext Host(RenderState state) => (NodeContext)state.Host!;

    private static bool Find(RenderState state, string name, out Value value) => Host(state).TryResolve(state, name, out value);

    private static Value? Get(RenderState state, Arguments arguments) =>
        Find(state, arguments[0].ToString(), out var found) ? found : arguments.Count > 1 ? arguments[1] : (Value?)null;

    private static Value Put(RenderState state, Value name, Value value)
    {
        Host(state).Define(name.ToString(), value);
        return value;
    }

    private static Value Update(RenderState state, Arguments arguments)
    {
        var changes = new DictValue();
        DictMethods.Update(state, changes, arguments, "update");
        foreach (var (name, value) in changes.Items)
        {
            Put(state, name, value);
        }

        return Value.None;
    }

    private static Value Pop(RenderState state, Arguments arguments)
    {
        var value = Get(state, arguments) ?? throw new JinjaException(JinjaErrorKind.KeyError, arguments[0].Repr());
        Host(state).Forget(arguments[0].ToString());
        return value;
    }
}
