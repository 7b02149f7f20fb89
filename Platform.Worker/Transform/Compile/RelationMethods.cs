using System.Collections.Frozen;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary>The methods of a relation, and what the class <c>api.Relation</c> shares with them.</summary>
internal static class RelationMethods
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "render", "render_limited", "render_event_time_filtered", "include", "quote", "quoted", "incorporate", "replace", "replace_path",
        "without_identifier", "information_schema", "information_schema_only", "get", "matches", "create", "create_from", "add_ephemeral_prefix",
        "scd_args", "relation_max_name_length", "get_materialized_view_config_change_collection", "keys", "to_dict",
    }.ToFrozenSet();

    public static bool Has(string name) => Names.Contains(name);

    public static Value Invoke(RenderState state, Relation relation, string name, Arguments arguments) => name switch
    {
        "render" => relation.Render(),
        "render_limited" => relation.RenderLimited(),
        "render_event_time_filtered" => relation.RenderEventTimeFiltered(arguments.Count > 0 ? arguments[0].ToString() : null),
        "include" => Include(relation, arguments),
        "quote" => Quote(relation, arguments),
        "quoted" => $"\"{arguments[0]}\"",
        "incorporate" or "replace" => Incorporate(relation, arguments),
        "replace_path" => RelationValue.Of(WithPath(relation, DictValue.From(arguments.Named.Select(part => KeyValuePair.Create(part.Name, part.Value))))),
        "without_identifier" => RelationValue.Of(relation with { IncludeIdentifier = false, Identifier = null }),
        "information_schema" => InformationSchema(relation, arguments.Count > 0 && arguments[0].TryGetString(out var view) ? view : null),
        "information_schema_only" => InformationSchema(relation, null),
        "get" => Get(state, relation, arguments),
        "matches" => Matches(relation, arguments),
        "create" => Create(arguments),
        "create_from" => CreateFrom(arguments),
        "add_ephemeral_prefix" => EphemeralCtes.Prefix + arguments[0],
        "scd_args" => new ListValue([.. arguments[0].Kind is ValueKind.List ? arguments[0].Iterate() : [arguments[0]], arguments[1]]),
        "relation_max_name_length" => Relation.MaxName,
        "get_materialized_view_config_change_collection" => IndexChanges.Between(arguments),
        "keys" => new ListValue(new RelationValue(relation).Iterate()),
        _ => Value.FromClr(new Dictionary<string, object?>
        {
            ["path"] = Value.FromClr(new Dictionary<string, object?>
            {
                ["database"] = relation.Database, ["schema"] = relation.Schema, ["identifier"] = relation.Identifier,
            }),
            ["type"] = relation.Type is null ? null : relation.TypeName,
        }),
    };

    /// <summary><c>Relation.Table</c> and the other types; missing for another name.</summary>
    public static Value TypeConstant(string name) => name switch
    {
        "Table" => "table",
        "View" => "view",
        "CTE" => "cte",
        "External" => "external",
        "MaterializedView" => "materialized_view",
        "Function" => "function",
        "PointerTable" => "pointer_table",
        _ => default(Value),
    };

    /// <summary><c>api.Relation.create(database=..., schema=..., identifier=..., type=...)</c>.</summary>
    /// <exception cref="JinjaException">A relation of that type cannot have so long a name.</exception>
    public static Value Create(Arguments arguments)
    {
        var reader = arguments.Read("Relation.create");
        var (database, schema, identifier) = (Text(reader.Optional("database")), Text(reader.Optional("schema")), Text(reader.Optional("identifier")));
        var relation = new Relation(database, schema, identifier, Relation.ParseType(Text(reader.Optional("type"))));
        return RelationValue.Of(Checked(Policies(relation, arguments)));
    }

    private static Value CreateFrom(Arguments arguments)
    {
        var node = arguments[^1].As<DictValue>() ?? throw new JinjaException(JinjaErrorKind.TypeError, "Relation.create_from() needs a node of the graph");
        return RelationValue.Of(new Relation(Part("database"), Part("schema"), Part("identifier") ?? Part("alias") ?? Part("name")));

        string? Part(string key) => node.TryGetValue(key, out var value) ? Text(value) : null;
    }

    private static Value Include(Relation relation, Arguments arguments)
    {
        var (database, schema, identifier) = Flags("include", arguments, relation.IncludeDatabase, relation.IncludeSchema, relation.IncludeIdentifier);
        return RelationValue.Of(relation with { IncludeDatabase = database, IncludeSchema = schema, IncludeIdentifier = identifier });
    }

    private static Value Quote(Relation relation, Arguments arguments)
    {
        var (database, schema, identifier) = Flags("quote", arguments, relation.QuoteDatabase, relation.QuoteSchema, relation.QuoteIdentifier);
        return RelationValue.Of(relation with { QuoteDatabase = database, QuoteSchema = schema, QuoteIdentifier = identifier });
    }

    private static (bool Database, bool Schema, bool Identifier) Flags(string method, Arguments arguments, bool database, bool schema, bool identifier)
    {
        var reader = arguments.Read(method);
        var flags = (Flag(reader.Optional("database"), database), Flag(reader.Optional("schema"), schema), Flag(reader.Optional("identifier"), identifier));
        reader.Finish();
        return flags;

        static bool Flag(Value value, bool fallback) => value.IsUndefined || value.IsNone ? fallback : value.IsTrue;
    }

    private static Value Incorporate(Relation relation, Arguments arguments)
    {
        var changed = arguments.TryGetNamed("path", out var path) && path.As<DictValue>() is { } parts ? WithPath(relation, parts) : relation;
        if (arguments.TryGetNamed("type", out var type))
        {
            changed = changed with { Type = Relation.ParseType(Text(type)) };
        }

        if (arguments.TryGetNamed("information_schema_view", out var view))
        {
            changed = changed with { Identifier = Text(view), IncludeIdentifier = !view.IsNone };
        }

        return RelationValue.Of(Checked(Policies(changed, arguments)));
    }

    private static Relation WithPath(Relation relation, DictValue path) => relation with
    {
        Database = Part(path, "database", relation.Database),
        Schema = Part(path, "schema", relation.Schema),
        Identifier = Part(path, "identifier", relation.Identifier),
    };

    private static Relation Policies(Relation relation, Arguments arguments)
    {
        if (arguments.TryGetNamed("quote_policy", out var quote) && quote.As<DictValue>() is { } quotes)
        {
            relation = relation with
            {
                QuoteDatabase = Flag(quotes, "database", relation.QuoteDatabase),
                QuoteSchema = Flag(quotes, "schema", relation.QuoteSchema),
                QuoteIdentifier = Flag(quotes, "identifier", relation.QuoteIdentifier),
            };
        }

        if (arguments.TryGetNamed("include_policy", out var include) && include.As<DictValue>() is { } includes)
        {
            relation = relation with
            {
                IncludeDatabase = Flag(includes, "database", relation.IncludeDatabase),
                IncludeSchema = Flag(includes, "schema", relation.IncludeSchema),
                IncludeIdentifier = Flag(includes, "identifier", relation.IncludeIdentifier),
            };
        }

        return relation;

        static bool Flag(DictValue policy, string part, bool fallback) => policy.TryGetValue(part, out var value) ? value.IsTrue : fallback;
    }

    private static Relation Checked(Relation relation) =>
        relation is { Type: not null and not RelationType.Cte, Identifier.Length: > Relation.MaxName }
            ? throw new JinjaException(
                JinjaErrorKind.RuntimeError,
                $"Relation name '{relation.Identifier}' is longer than {Relation.MaxName} characters. PostgreSQL would cut it: shorten the name or set an alias.")
            : relation;

    /// <summary>The schema "information_schema" of the relation's database, or a view in it.</summary>
    public static Value InformationSchema(Relation relation, string? view) => RelationValue.Of(
        new Relation(relation.Database, "INFORMATION_SCHEMA", view) { QuoteSchema = false, QuoteIdentifier = false, IncludeIdentifier = view is not null });

    private static Value Get(RenderState state, Relation relation, Arguments arguments)
    {
        var key = arguments.Count > 0 ? arguments[0].ToString() : "";
        return key == "metadata" ? DictValue.From(new Dictionary<string, Value> { ["type"] = "PostgresRelation" })
            : new RelationValue(relation).TryGetAttribute(state, key, out var value) ? value
            : arguments.Count > 1 ? arguments[1] : Value.None;
    }

    private static Value Matches(Relation relation, Arguments arguments)
    {
        var reader = arguments.Read("matches");
        return Matches(reader.Optional("database"), relation.Database)
            & Matches(reader.Optional("schema"), relation.Schema)
            & Matches(reader.Optional("identifier"), relation.Identifier);

        static bool Matches(Value wanted, string? part) => wanted.IsUndefined || wanted.IsNone || wanted.ToString() == part;
    }

    private static string? Part(DictValue path, string part, string? fallback) => path.TryGetValue(part, out var value) ? Text(value) : fallback;

    private static string? Text(Value value) => value.IsUndefined || value.IsNone ? null : value.ToString();
}
