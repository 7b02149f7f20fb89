using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>An object of dbt's with fields: they are attributes, not items of a mapping, which is what <c>to_dict()</c> gives.</summary>
/// <param name="typeName">Its class.</param>
/// <param name="fields">What it holds.</param>
/// <param name="dictionary">What <c>to_dict()</c> gives.</param>
internal sealed class FieldsValue(string typeName, DictValue fields, DictValue dictionary) : JinjaObject
{
    public FieldsValue(string typeName, DictValue fields)
        : this(typeName, fields, fields)
    {
    }

    public override string TypeName => typeName;

    public override bool IsTrue => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        if (name == "to_dict")
        {
            value = new HostFunction(name, (_, _) => Value.From(dictionary));
            return true;
        }

        return fields.TryGetValue(name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => TryGetAttribute(state, key.ToString(), out value);

    public override string ToString() => $"{typeName}({string.Join(", ", fields.Items.Select(field => $"{field.Key}={field.Value.Repr()}"))})";
}
