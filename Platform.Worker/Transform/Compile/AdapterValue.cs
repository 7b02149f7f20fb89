using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>adapter</c> (https://docs.getdbt.com/reference/dbt-jinja-functions/adapter): its methods are the rendering node's.</summary>
internal sealed class AdapterValue : JinjaObject
{
    public override string TypeName => "PostgresAdapter";

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = ((NodeContext)state.Host!).Adapter(state, name, arguments);
        return !result.IsMissing;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = new HostFunction(name, (inner, arguments) => ((NodeContext)inner.Host!).Adapter(inner, name, arguments));
        return true;
    }

    /// <summary>The second argument of <c>adapter.dispatch(name, namespace)</c>, when it was given.</summary>
    public static string? DispatchNamespace(Arguments arguments)
    {
        var given = arguments.Count > 1 ? arguments[1] : arguments.TryGetNamed("macro_namespace", out var named) ? named : Value.None;
        return given.IsNone ? null : given.ToString();
    }
}
