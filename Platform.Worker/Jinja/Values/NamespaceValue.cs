using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary><c>namespace()</c>: attributes that <c>{% set ns.name = … %}</c> writes from any scope.</summary>
internal sealed class NamespaceValue : JinjaObject
{
    public DictValue Attributes { get; init; } = new();

    public override string TypeName => "jinja2.utils.Namespace";

    public override bool TryGetAttribute(RenderState state, string name, out Value value) => Attributes.TryGetValue(name, out value);

    public override bool TryGetItem(RenderState state, Value key, out Value value) => Attributes.TryGetValue(key, out value);

    public override string ToString() => $"<Namespace {Attributes}>";
}
