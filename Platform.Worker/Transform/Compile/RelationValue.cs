using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary>A <see cref="Relation"/> as macros see it (https://docs.getdbt.com/reference/dbt-classes#relation).</summary>
internal sealed class RelationValue(Relation relation) : JinjaObject
{
    public Relation Relation { get; } = relation;

    public override string TypeName => "PostgresRelation";

    public static Value Of(Relation? relation) => relation is null ? Value.None : Value.From(new RelationValue(relation));

    /// <exception cref="JinjaException">The value is no relation.</exception>
    public static Relation Unwrap(Value value, string function) => value.As<RelationValue>()?.Relation
        ?? throw new JinjaException(JinjaErrorKind.TypeError, $"{function}() needs a relation, such as ref(...) or this, not {value.TypeName}");

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "database" => Relation.Database,
            "schema" => Relation.Schema,
            "identifier" or "name" or "table" => Relation.Identifier,
            "type" => Relation.Type is null ? Value.None : Relation.TypeName,
            "is_table" => Relation.Type is RelationType.Table,
            "is_view" => Relation.Type is RelationType.View,
            "is_cte" => Relation.Type is RelationType.Cte,
            "is_materialized_view" => Relation.Type is RelationType.MaterializedView,
            "can_be_renamed" => Relation.Type is RelationType.Table or RelationType.View or null,
            "can_be_replaced" => false,
            "renameable_relations" => new ListValue(["table", "view"]),
            "replaceable_relations" => new ListValue(),
            "Table" => "table",
            "View" => "view",
            "CTE" => "cte",
            "External" => "external",
            "MaterializedView" => "materialized_view",
            "path" => Value.FromClr(new Dictionary<string, object?>
            {
                ["database"] = Relation.Database, ["schema"] = Relation.Schema, ["identifier"] = Relation.Identifier,
            }),
            "quote_policy" => Policy(Relation.QuoteDatabase, Relation.QuoteSchema, Relation.QuoteIdentifier),
            "include_policy" => Policy(Relation.IncludeDatabase, Relation.IncludeSchema, Relation.IncludeIdentifier),
            "render" or "include" or "quote" or "incorporate" or "without_identifier" or "information_schema" or "get" or "matches"
                or "replace_path" or "create" => new HostFunction(name, (inner, arguments) => Invoke(name, arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = Invoke(name, arguments);
        return !result.IsMissing;
    }

    private Value Invoke(string name, Arguments arguments)
    {
        switch (name)
        {
            case "render":
                return ToString();
            case "include":
                return new RelationValue(Relation with
                {
                    IncludeDatabase = Flag("database", Relation.IncludeDatabase),
                    IncludeSchema = Flag("schema", Relation.IncludeSchema),
                    IncludeIdentifier = Flag("identifier", Relation.IncludeIdentifier),
                });
            case "quote":
                return new RelationValue(Relation with
                {
                    QuoteDatabase = Flag("database", Relation.QuoteDatabase),
                    QuoteSchema = Flag("schema", Relation.QuoteSchema),
                    QuoteIdentifier = Flag("identifier", Relation.QuoteIdentifier),
                });
            case "without_identifier":
                return new RelationValue(Relation with { IncludeIdentifier = false });
            case "information_schema":
                var view = arguments.Count > 0 && !arguments[0].IsNone ? arguments[0].ToString() : null;
                return new RelationValue(new Relation(Relation.Database, "INFORMATION_SCHEMA", view)
                {
                    QuoteSchema = false, QuoteIdentifier = false, IncludeIdentifier = view is not null,
                });
            case "incorporate" or "replace_path":
                var path = arguments.TryGetNamed("path", out var given) ? given.As<DictValue>() : null;
                var type = arguments.TryGetNamed("type", out var named) && named.IsString ? Relation.ParseType(named.AsString()) : Relation.Type;
                return new RelationValue(Relation with
                {
                    Database = Part(path, "database", Relation.Database),
                    Schema = Part(path, "schema", Relation.Schema),
                    Identifier = Part(path, "identifier", Relation.Identifier),
                    Type = type,
                });
            case "matches":
                return Matches("database", Relation.Database) && Matches("schema", Relation.Schema) && Matches("identifier", Relation.Identifier);
            case "get":
                var key = arguments.Count > 0 ? arguments[0].ToString() : "";
                return TryGetAttribute(null!, key, out var value) ? value : arguments.Count > 1 ? arguments[1] : Value.None;
            case "create":
                return Create(arguments, Relation.Database);
            default:
                return default;
        }

        bool Flag(string part, bool fallback) => arguments.TryGetNamed(part, out var value) && !value.IsNone ? value.IsTrue : fallback;

        bool Matches(string part, string? mine) => !arguments.TryGetNamed(part, out var value) || value.IsNone || value.ToString() == mine;

        static string? Part(DictValue? path, string part, string? fallback) =>
            path is not null && path.TryGetValue(part, out var value) ? value.IsNone ? null : value.ToString() : fallback;
    }

    /// <summary><c>api.Relation.create(database=..., schema=..., identifier=..., type=...)</c>.</summary>
    public static Value Create(Arguments arguments, string? defaultDatabase)
    {
        var reader = arguments.Read("Relation.create");
        var database = reader.Optional("database");
        var schema = reader.Optional("schema");
        var identifier = reader.Optional("identifier");
        var type = reader.Optional("type");
        return new RelationValue(new Relation(Text(database) ?? defaultDatabase, Text(schema), Text(identifier), Relation.ParseType(Text(type))));

        static string? Text(Value value) => value.IsUndefined || value.IsNone ? null : value.ToString();
    }

    public override bool ValueEquals(Value other) => other.As<RelationValue>() is { } value && value.ToString() == ToString();

    public override int ValueHash() => StringComparer.Ordinal.GetHashCode(ToString());

    public override string ToString() => Relation.ToString();

    public override string Repr() => $"<PostgresRelation {this}>";

    private static Value Policy(bool database, bool schema, bool identifier) => Value.FromClr(new Dictionary<string, object?>
    {
        ["database"] = database, ["schema"] = schema, ["identifier"] = identifier,
    });
}
