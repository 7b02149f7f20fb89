using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary>A <see cref="Relation"/> as macros see it (https://docs.getdbt.com/reference/dbt-classes#relation): to Python a mapping, too.</summary>
internal sealed class RelationValue(Relation relation) : JinjaObject
{
    private static readonly string[] Fields =
        ["path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit", "event_time_filter", "require_alias"];

    public Relation Relation { get; } = relation;

    public override string TypeName => "PostgresRelation";

    public override bool IsMapping => true;

    public override int? Length => Fields.Length;

    public static Value Of(Relation? relation) => relation is null ? Value.None : Value.From(new RelationValue(relation));

    /// <exception cref="JinjaException">The value is no relation.</exception>
    public static Relation Unwrap(Value value, string function) => value.As<RelationValue>()?.Relation
        ?? throw new JinjaException(JinjaErrorKind.TypeError, $"{function}() needs a relation, such as ref(...) or this, not {value.TypeName}");

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = Property(name);
        if (value.IsMissing && RelationMethods.Has(name))
        {
            value = new HostFunction(name, (inner, arguments) => RelationMethods.Invoke(inner, Relation, name, arguments));
        }

        return !value.IsMissing;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => TryGetAttribute(state, key.ToString(), out value);

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = RelationMethods.Has(name) ? RelationMethods.Invoke(state, Relation, name, arguments) : default;
        return !result.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => Fields.Select(field => Value.From(field));

    public override bool ValueEquals(Value other) => other.As<RelationValue>() is { } value && value.Relation == Relation;

    public override int ValueHash() => StringComparer.Ordinal.GetHashCode(Relation.Render());

    public override string ToString() => Relation.ToString();

    public override string Repr() => $"<PostgresRelation {Relation.Render()}>";

    private Value Property(string name) => name switch
    {
        "database" => Relation.Database,
        "schema" => Relation.Schema,
        "identifier" or "name" or "table" => Relation.Identifier,
        "type" => Relation.Type is null ? Value.None : Relation.TypeName,
        "is_table" => Relation.Type is RelationType.Table,
        "is_view" => Relation.Type is RelationType.View,
        "is_cte" => Relation.Type is RelationType.Cte,
        "is_materialized_view" => Relation.Type is RelationType.MaterializedView,
        "is_function" => Relation.Type is RelationType.Function,
        "is_pointer" => Relation.Type is RelationType.PointerTable,
        "can_be_renamed" or "can_be_replaced" => Relation.Type is RelationType.Table or RelationType.View,
        "renameable_relations" or "replaceable_relations" => new ListValue(["view", "table"]),
        "path" => Value.FromClr(new Dictionary<string, object?>
        {
            ["database"] = Relation.Database, ["schema"] = Relation.Schema, ["identifier"] = Relation.Identifier,
        }),
        "quote_policy" => Policy(Relation.QuoteDatabase, Relation.QuoteSchema, Relation.QuoteIdentifier),
        "include_policy" => Policy(Relation.IncludeDatabase, Relation.IncludeSchema, Relation.IncludeIdentifier),
        "quote_character" => "\"",
        "dbt_created" => false,
        "require_alias" => true,
        "limit" => Relation.Limit is { } limit ? limit : Value.None,
        "event_time_filter" => EventTime(Relation.EventTime),
        "catalog" => Value.None,
        _ => RelationMethods.TypeConstant(name),
    };

    private static Value EventTime(EventTimeFilter? filter) => filter is null ? Value.None : Value.From(DictValue.From(new Dictionary<string, Value>
    {
        ["field_name"] = filter.FieldName,
        ["start"] = filter.Start is { } start ? Value.From(new Python.DateTimeValue(start)) : Value.None,
        ["end"] = filter.End is { } end ? Value.From(new Python.DateTimeValue(end)) : Value.None,
    }));

    private static Value Policy(bool database, bool schema, bool identifier) => Value.FromClr(new Dictionary<string, object?>
    {
        ["database"] = database, ["schema"] = schema, ["identifier"] = identifier,
    });
}
