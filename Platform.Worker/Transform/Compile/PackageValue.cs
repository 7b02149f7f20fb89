using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>A package as macros see it: <c>dbt_utils.star(...)</c>.</summary>
internal sealed class PackageValue(string package) : JinjaObject
{
    public override string TypeName => "MacroPackage";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        var macro = ((NodeContext)state.Host!).Invocation.Macros.InPackage(package, name);
        value = macro is null ? default : state.Bind(macro);
        return macro is not null;
    }

    public override bool? Contains(RenderState state, Value item) => TryGetAttribute(state, item.ToString(), out _);

    public override bool TryGetItem(RenderState state, Value key, out Value value) => TryGetAttribute(state, key.ToString(), out value);

    public override string ToString() => $"<macros of package {package}>";
}
