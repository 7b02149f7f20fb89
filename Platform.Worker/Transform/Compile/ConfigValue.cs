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
        value = name is "get" or "require" or "set" or "persist_relation_docs" or "persist_column_docs" or "meta_get" or "meta_require"
            ? new HostFunction(name, (inner, arguments) => ((NodeContext)inner.Host!).Config(name, arguments))
            : default(Value);
        return !value.IsMissing;
    }
}
