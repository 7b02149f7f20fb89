using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>A package as macros see it: <c>dbt_utils.star(...)</c>; to dbt it is a dict of its macros.</summary>
internal sealed class PackageValue(string package) : JinjaObject
{
    public override string TypeName => "MacroPackage";

    public override bool IsMapping => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        if (!TryGetItem(state, name, out value))
        {
            value = name switch
            {
                "get" => new HostFunction(name, (inner, arguments) =>
                    TryGetItem(inner, arguments[0], out var macro) ? macro : arguments.Count > 1 ? arguments[1] : Value.None),
                "keys" => new HostFunction(name, (inner, _) => new ListValue(Names(inner))),
                "values" => new HostFunction(name, (inner, _) => new ListValue(Names(inner).Select(macro => Macro(inner, macro)))),
                "items" => new HostFunction(name, (inner, _) => new ListValue(
                    Names(inner).Select(macro => Value.From(new TupleValue([macro, Macro(inner, macro)]))))),
                _ => default(Value),
            };
        }

        return !value.IsMissing;
    }

    public override bool? Contains(RenderState state, Value item) => TryGetItem(state, item, out _);

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = Macro(state, key);
        return !value.IsMissing;
    }

    private Value Macro(RenderState state, Value name) =>
        ((NodeContext)state.Host!).Invocation.Macros.InPackage(package, name.ToString()) is { } macro ? state.Bind(macro) : default;

    private IEnumerable<Value> Names(RenderState state) => ((NodeContext)state.Host!).Invocation.Macros.Names(package).Select(Value.From);

    public override string ToString() => $"<macros of package {package}>";
}
