using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>adapter</c> (https://docs.getdbt.com/reference/dbt-jinja-functions/adapter): its methods are the rendering node's.</summary>
internal sealed class AdapterValue : JinjaObject
{
    public override string TypeName => "PostgresAdapter";

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = Invoke(state, name, arguments);
        return true;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "behavior" => new BehaviorFlags(((NodeContext)state.Host!).Invocation.Flags),
            "Relation" => RelationClass.Instance,
            "Column" => ColumnClass.Instance,
            _ => new HostFunction(name, (inner, arguments) => Invoke(inner, name, arguments)),
        };
        return true;
    }

    /// <summary>The second argument of <c>adapter.dispatch(name, namespace)</c>, when it was given.</summary>
    public static string? DispatchNamespace(Arguments arguments)
    {
        var given = arguments.Count > 1 ? arguments[1] : arguments.TryGetNamed("macro_namespace", out var named) ? named : Value.None;
        return given.IsNone ? null : given.ToString();
    }

    private static Value Invoke(RenderState state, string name, Arguments arguments)
    {
        var context = (NodeContext)state.Host!;
        arguments = AdapterArguments.Positional(name, arguments);
        var result = AdapterFunctions.Invoke(context, name, arguments);
        result = result.IsMissing ? context.Adapter(state, name, arguments) : result;
        return result.IsMissing
            ? throw new JinjaException(JinjaErrorKind.UndefinedError, $"'adapter' has no method '{name}'. Correct the name, or call a macro.")
            : result;
    }
}

/// <summary><c>adapter.behavior</c>: the project's behaviour flags; one that nobody sets is off.</summary>
internal sealed class BehaviorFlags(InvocationFlags flags) : JinjaObject
{
    public override string TypeName => "Behavior";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = new BehaviorFlag(flags.Behavior(name));
        return true;
    }

    private sealed class BehaviorFlag(bool on) : JinjaObject
    {
        public override string TypeName => "BehaviorFlagRendered";

        public override bool IsTrue => on;

        public override bool TryGetAttribute(RenderState state, string name, out Value value)
        {
            value = name is "setting" or "no_warn" ? on : default(Value);
            return !value.IsMissing;
        }

        public override string ToString() => Value.From(on).ToString();
    }
}
