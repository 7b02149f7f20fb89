using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Run.Seeds;
using Platform.Worker.Transform.Run.Snapshots;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Compile;

/// <summary>The methods of <c>adapter</c> while a node runs. Statements whose rows are not fetched are queued on the session.</summary>
internal sealed class RunAdapter(BuildState build, NodeRun run, PostgresSession session)
{
    private readonly ColumnCache _columns = new(session);

    private RelationCache Cache => build.Relations;

    public Value Invoke(RenderState state, string method, Arguments arguments)
    {
        switch (method)
        {
            case "convert_type":
                return AgateSqlType.Of(arguments);
            case "execute":
                return Execute(arguments);
            case "add_query":
                return AddQuery(arguments);
            case "get_column_schema_from_query":
                return QueryColumns.Of(session.Query(arguments[0].ToString()));
            case "get_pseudocolumns_for_relation":
                return new ListValue();
            case "list_schemas":
                return new ListValue(WarehouseCatalog.Schemas(session).Select(schema => Value.From(schema)));
            case "validate_sql":
                session.Execute($"explain {arguments[0]}");
                return Value.EmptyString;
            case "commit":
                session.Commit();
                return Value.EmptyString;
            case "get_relation" or "load_relation":
                return GetRelation(arguments);
            case "list_relations" or "list_relations_without_caching":
                return new ListValue(Cache.In(session, arguments[^1].As<RelationValue>()?.Relation.Schema ?? arguments[^1].ToString()).Select(RelationValue.Of));
            case "get_columns_in_relation":
                return ColumnValue.List(Columns(Relation(arguments, 0, method)));
            case "get_missing_columns":
                var there = Columns(Relation(arguments, 1, method)).Select(column => column.Name).ToHashSet();
                return ColumnValue.List(Columns(Relation(arguments, 0, method)).Where(column => !there.Contains(column.Name)));
            case "expand_target_column_types":
                ExpandColumns(Relation(arguments, 0, method), Relation(arguments, 1, method));
                return Value.EmptyString;
            case "drop_relation":
                Drop(Relation(arguments, 0, method));
                return Value.EmptyString;
            case "truncate_relation":
                Queue($"truncate table {Relation(arguments, 0, method)}");
                return Value.EmptyString;
            case "rename_relation":
                Rename(Relation(arguments, 0, method), Relation(arguments, 1, method));
                return Value.EmptyString;
            case "create_schema":
                Queue($"create schema if not exists {Sql.Identifier(Relation(arguments, 0, method).Schema!)}");
                session.Commit();
                return Value.EmptyString;
            case "drop_schema":
                Queue($"drop schema if exists {Sql.Identifier(Relation(arguments, 0, method).Schema!)} cascade");
                session.Commit();
                Cache.RemoveSchema(Relation(arguments, 0, method).Schema!);
                return Value.EmptyString;
            case "check_schema_exists":
                return WarehouseCatalog.Schemas(session).Contains(arguments[^1].ToString());
            case "already_exists":
                return Cache.Find(session, arguments[0].ToString(), arguments[1].ToString()) is not null;
            case "cache_added":
                Cache.Add(Typed(Relation(arguments, 0, method)));
                return Value.EmptyString;
            case "cache_dropped":
                Cache.Remove(Relation(arguments, 0, method));
                return Value.EmptyString;
            case "cache_renamed":
                Cache.Rename(Relation(arguments, 0, method), Relation(arguments, 1, method));
                return Value.EmptyString;
            case "get_incremental_strategy_macro":
                return StrategyMacro(state, arguments[^1].ToString());
            case "suffixed":
                var relation = Relation(arguments, 0, method);
                return RelationValue.Of(relation with { Identifier = CandidateNames.Fit(relation.Identifier!, arguments[1].ToString()) });
            case "publish_with":
                run.PublishSql = arguments[0].ToString();
                run.PublishAlterations = arguments.Count < 2 ? [] : [.. arguments[1].Iterate().Select(alteration => alteration.ToString())];
                return Value.EmptyString;
            case "get_hard_deletes_behavior":
                return SnapshotMethods.HardDeletes(state, arguments[0]);
            case "valid_snapshot_target" or "assert_valid_snapshot_target_given_strategy":
                var target = Relation(arguments, 0, method);
                return SnapshotMethods.RequireSnapshot(target, Columns(target), arguments);
            case "copy_seed":
                return CopySeed(state, Relation(arguments, 0, method), arguments);
            default:
                return default;
        }
    }

    private static Relation Relation(Arguments arguments, int index, string method) => index < arguments.Count
        ? RelationValue.Unwrap(arguments[index], $"adapter.{method}")
        : arguments.Named.Select(named => named.Value.As<RelationValue>()?.Relation).OfType<Relation>().ElementAtOrDefault(index)
            ?? throw new JinjaException(JinjaErrorKind.TypeError, $"adapter.{method}() needs a relation");

    private TupleValue Execute(Arguments arguments)
    {
        var reader = arguments.Read("adapter.execute");
        var sql = reader.RequiredString("sql");
        var autoBegin = reader.OptionalBoolean("auto_begin", false);
        var fetch = reader.OptionalBoolean("fetch", false);
        reader.Optional("limit");
        if (autoBegin)
        {
            session.Begin();
        }

        var queued = session.Queue(sql, fetch);
        return new TupleValue([Value.From(new ResponseValue(queued)), Value.From(new AgateTable(queued))]);
    }

    private TupleValue AddQuery(Arguments arguments)
    {
        var reader = arguments.Read("adapter.add_query");
        var sql = reader.RequiredString("sql");
        if (reader.OptionalBoolean("auto_begin", true))
        {
            session.Begin();
        }

        var bindings = reader.Optional("bindings", Value.None);
        session.Execute(bindings.IsNone ? sql : QueryBindings.Apply(sql, [.. bindings.Iterate()]));
        return new TupleValue([Value.None, Value.None]);
    }

    private void Queue(string sql)
    {
        session.Begin();
        session.Queue(sql);
    }

    private Value GetRelation(Arguments arguments)
    {
        if (arguments.Count == 1 && arguments[0].As<RelationValue>() is { } given)
        {
            return given.Relation is { Schema: { } place, Identifier: { } name } ? RelationValue.Of(Cache.Find(session, place, name)) : Value.None;
        }

        var reader = arguments.Read("adapter.get_relation");
        reader.Required("database");
        var schema = reader.Required("schema");
        var identifier = reader.Required("identifier");
        return schema.IsNone || identifier.IsNone ? Value.None : RelationValue.Of(Cache.Find(session, schema.ToString(), identifier.ToString()));
    }

    private IReadOnlyList<ColumnInfo> Columns(Relation relation) => relation.Type is RelationType.Cte ? [] : _columns.Of(relation);

    private void ExpandColumns(Relation from, Relation to)
    {
        _columns.Prefetch(from, to);
        var target = Columns(to).ToDictionary(column => column.Name);
        foreach (var column in Columns(from).Where(column => column is { IsString: true, CharacterLength: not null }))
        {
            if (target.TryGetValue(column.Name, out var narrow) && narrow is { IsString: true, CharacterLength: { } length } && length < column.CharacterLength)
            {
                Queue($"alter table {to} alter column {Sql.Identifier(column.Name)} type {column.DataType}");
            }
        }
    }

    private void Drop(Relation relation)
    {
        var known = Known(relation);
        // Outside of a transaction it is done at once, as in dbt: what replaces it is committed by then.
        session.Queue($"drop {Kind(known)} if exists {Name(known)} cascade");
        Cache.Remove(known);
    }

    private void Rename(Relation from, Relation to)
    {
        var known = Known(from);
        Queue($"alter {Kind(known)} {Name(known)} rename to {Sql.Identifier(to.Identifier!)}");
        Cache.Rename(known, to);
    }

    /// <summary>The relation as it is in the warehouse; a temporary one has no schema and is nobody else's.</summary>
    private Relation Known(Relation relation) => relation.Schema is { } schema ? Cache.Find(session, schema, relation.Identifier!) ?? relation : relation;

    private static string Name(Relation relation) => relation.Schema is null ? Sql.Identifier(relation.Identifier!) : relation.Qualified;

    private static string Kind(Relation relation) => relation.Type switch
    {
        RelationType.View => "view",
        RelationType.MaterializedView => "materialized view",
        RelationType.External => "foreign table",
        _ => "table",
    };

    private Relation Typed(Relation relation) => relation.Type is null
        ? relation with { Type = run.Node.Config.Materialized == "view" ? RelationType.View : RelationType.Table }
        : relation;

    private Value StrategyMacro(RenderState state, string strategy)
    {
        var name = $"get_incremental_{strategy.Replace('+', '_')}_sql";
        return build.Invocation.Macros.Find(run.Node.PackageName, name) is { } macro
            ? state.Bind(macro)
            : throw new JinjaException(
                JinjaErrorKind.RuntimeError,
                $"dbt could not find an incremental strategy macro with the name \"{name}\" in {build.Invocation.RootName}. Use append, delete+insert or merge, or write that macro.");
    }

    /// <summary>Loads a seed's file by COPY; returns the statement, as <c>load_csv_rows</c> has to.</summary>
    private Value CopySeed(RenderState state, Relation relation, Arguments arguments)
    {
        var reader = arguments.Read("adapter.copy_seed");
        reader.Required("relation");
        var table = reader.Required("agate_table").As<SeedTable>()
            ?? throw new JinjaException(JinjaErrorKind.TypeError, "adapter.copy_seed() needs the table that load_agate_table() gives");
        var columns = reader.RequiredString("columns");
        session.Begin();
        session.Flush();
        var copy = $"copy {relation} ({columns}) from stdin";
        session.Observer?.Invoke(copy);
        table.File.CopyTo(session.Connection, relation.ToString(), columns, state.CancellationToken);
        return copy;
    }
}
