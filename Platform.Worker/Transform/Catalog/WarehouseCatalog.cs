using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Catalog;

/// <summary>What the server says of relations, columns, and who depends on whom.</summary>
internal static class WarehouseCatalog
{
    /// <summary>The relations of the schemas, and which views read them, in one round trip.</summary>
    public static (IReadOnlyList<Relation> Relations, IReadOnlyList<((string Schema, string Identifier) Referenced, (string Schema, string Identifier) Dependent)> Links)
        Relations(PostgresSession session, string database, IEnumerable<string> schemas)
    {
        var list = string.Join(", ", schemas.Select(Sql.Literal));
        var relations = session.Queue(
            $"""
            select n.nspname, c.relname, c.relkind::text
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ({list}) and c.relkind in ('r', 'p', 'v', 'm', 'f')
            """, fetch: true);
        var links = session.Queue(
            $"""
            select distinct rn.nspname, rc.relname, dn.nspname, dc.relname
            from pg_catalog.pg_class rc
            join pg_catalog.pg_namespace rn on rn.oid = rc.relnamespace
            join pg_catalog.pg_depend d
                on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = rc.oid and d.classid = 'pg_catalog.pg_rewrite'::regclass
            join pg_catalog.pg_rewrite r on r.oid = d.objid
            join pg_catalog.pg_class dc on dc.oid = r.ev_class and dc.oid <> rc.oid
            join pg_catalog.pg_namespace dn on dn.oid = dc.relnamespace
            where rn.nspname in ({list})
            """, fetch: true);
        return (
            [.. relations.Result.Rows.Select(row => new Relation(database, (string)row[0]!, (string)row[1]!, (string)row[2]! switch
            {
                "v" => RelationType.View,
                "m" => RelationType.MaterializedView,
                "f" => RelationType.External,
                _ => RelationType.Table,
            }))],
            [.. links.Result.Rows.Select(row => (((string)row[0]!, (string)row[1]!), ((string)row[2]!, (string)row[3]!)))]);
    }

    public static QueuedStatement QueueSchemas(PostgresSession session) => session.Queue("select nspname from pg_catalog.pg_namespace", fetch: true);

    public static IReadOnlyList<string> Schemas(PostgresSession session) => [.. QueueSchemas(session).Result.Rows.Select(row => (string)row[0]!)];

    /// <summary>Asks for the columns of one relation in their order; a temporary table has no schema of its own name.</summary>
    public static QueuedStatement QueueColumns(PostgresSession session, string? schema, string identifier) => session.Queue(
        ColumnsOf($"n.oid = {(schema is null ? "pg_catalog.pg_my_temp_schema()" : $"(select oid from pg_catalog.pg_namespace where nspname = {Sql.Literal(schema)})")} and c.relname = {Sql.Literal(identifier)}"),
        fetch: true);

    /// <summary>The columns that <see cref="QueueColumns"/> asked for; none when there is no such relation.</summary>
    public static IReadOnlyList<ColumnInfo> ReadColumns(QueuedStatement queued) => [.. queued.Result.Rows.Select(Column)];

    /// <summary>The columns of every relation of the schemas, in one query.</summary>
    public static Dictionary<(string Schema, string Identifier), IReadOnlyList<ColumnInfo>> Columns(
        PostgresSession session, IEnumerable<string> schemas) =>
        session.Query(ColumnsOf($"n.nspname in ({string.Join(", ", schemas.Select(Sql.Literal))})")).Rows
            .GroupBy(row => ((string)row[0]!, (string)row[1]!))
            .ToDictionary(group => group.Key, group => (IReadOnlyList<ColumnInfo>)[.. group.Select(Column)]);

    private static ColumnInfo Column(object?[] row) => new((string)row[2]!, (string)row[3]!, (int?)row[4], (int?)row[5], (int?)row[6]);

    private static string ColumnsOf(string condition) =>
        $"""
        select n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, null),
               case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 end,
               case when a.atttypid = 1700 and a.atttypmod > 4 then ((a.atttypmod - 4) >> 16) & 65535 end,
               case when a.atttypid = 1700 and a.atttypmod > 4 then (a.atttypmod - 4) & 2047 end
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and {condition}
        order by 1, 2, a.attnum
        """;
}
