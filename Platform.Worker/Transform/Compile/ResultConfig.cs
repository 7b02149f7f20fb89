using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>result.node.config</c>: to dbt an object, not the dict that <c>model.config</c> is, so that an option which a node cannot have
/// (<c>full_refresh</c> of a test) is none and not undefined.
/// </summary>
internal sealed class ResultConfig(DictValue options) : JinjaObject
{
    public override string TypeName => "NodeConfig";

    public override bool IsMapping => true;

    public override int? Length => options.Length;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        if (name == "to_dict")
        {
            value = new HostFunction(name, (_, _) => Value.From(options));
        }
        else if (!options.TryGetValue(name, out value) && !options.TryGetAttribute(state, name, out value))
        {
            value = Value.None;
        }

        return true;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = options.TryGetValue(key, out var option) ? option : Value.None;
        return true;
    }

    public override bool? Contains(RenderState state, Value item) => options.TryGetValue(item, out _);

    public override IEnumerable<Value>? Iterate() => options.Iterate();

    public override string ToString() => options.ToString();
}
