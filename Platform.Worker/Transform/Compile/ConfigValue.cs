using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>config(...)</c> and <c>config.get(...)</c> (https://docs.getdbt.com/reference/dbt-jinja-functions/config).</summary>
internal sealed class ConfigValue : JinjaObject
{
    public override string TypeName => "Config";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments) => ((NodeContext)state.Host!).Config("", arguments);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "get" or "require" or "meta_get" or "meta_require" => new HostFunction(name, (inner, arguments) => Validated(inner, name, arguments)),
            "set" or "persist_relation_docs" or "persist_column_docs" =>
                new HostFunction(name, (inner, arguments) => ((NodeContext)inner.Host!).Config(name, arguments)),
            "model" => state.Lookup("model"),
            _ => default,
        };
        return !value.IsMissing;
    }

    /// <summary>A setting, after the validator given with it has seen it: a macro or a function that raises an error when it does not like it.</summary>
    private static Value Validated(RenderState state, string method, Arguments arguments)
    {
        if (!arguments.TryGetNamed("validator", out var validator))
        {
            return ((NodeContext)state.Host!).Config(method, arguments);
        }

        var value = ((NodeContext)state.Host!).Config(method, new Arguments(arguments.Positional, [.. arguments.Named.Where(named => named.Name != "validator")]));
        if (!validator.IsNone)
        {
            state.Call(validator, value);
        }

        return value;
    }
}
