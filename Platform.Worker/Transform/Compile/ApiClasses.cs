using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>api.Relation</c>: makes relations (https://docs.getdbt.com/reference/dbt-classes#relation).</summary>
internal sealed class RelationClass : JinjaObject
{
    private static readonly Relation Nothing = new(null, null, null);

    public static Value Instance { get; } = new RelationClass();

    public override string TypeName => "type";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = RelationMethods.TypeConstant(name);
        if (value.IsMissing && name is "create" or "create_from" or "add_ephemeral_prefix" or "scd_args" or "relation_max_name_length")
        {
            value = new HostFunction(name, (inner, arguments) => RelationMethods.Invoke(inner, Nothing, name, arguments));
        }
        else if (name == "get_relation_type")
        {
            value = new HostFunction(name, static (_, arguments) => arguments[0]);
        }

        return !value.IsMissing;
    }

    public override string ToString() => "<class 'PostgresRelation'>";
}

/// <summary><c>api.Column(name, type, ...)</c> and its translations of types (https://docs.getdbt.com/reference/dbt-classes#column).</summary>
internal sealed class ColumnClass : JinjaObject
{
    public static Value Instance { get; } = new ColumnClass();

    public override string TypeName => "type";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("Column");
        var (name, type) = (reader.Required("column").ToString(), reader.Required("dtype").ToString());
        return new ColumnValue(new ColumnInfo(
            name, type, Size(reader.Optional("char_size")), Size(reader.Optional("numeric_precision")), Size(reader.Optional("numeric_scale"))));

        static int? Size(Value value) => value.IsNumber ? (int)value.AsDouble() : null;
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = ColumnValue.ClassMethod(name) is { } method ? new HostFunction(name, (_, arguments) => method(arguments)) : default(Value);
        return !value.IsMissing;
    }

    public override string ToString() => "<class 'PostgresColumn'>";
}
