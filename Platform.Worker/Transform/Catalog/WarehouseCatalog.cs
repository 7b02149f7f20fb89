using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Catalog;

/// <summary>What the server says of relations, columns, and who depends on whom.</summary>
internal static class WarehouseCatalog
{
    public static IReadOnlyList<Relation> Relations(PostgresSession session, string database, IEnumerable<string> schemas)
    {
        var list = string.Join(", ", schemas.Select(Sql.Literal));
        var result = session.Query(
            $"""
            select n.nspname, c.relname, c.relkind::text
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ({list}) and c.relkind in ('r', 'p', 'v', 'm', 'f')
            """);
        return [.. result.Rows.Select(row => new Relation(database, (string)row[0]!, (string)row[1]!, (string)row[2]! switch
        {
            "v" => RelationType.View,
            "m" => RelationType.MaterializedView,
            "f" => RelationType.External,
            _ => RelationType.Table,
        }))];
    }

    public static IReadOnlyList<string> Schemas(PostgresSession session) =>
        [.. session.Query("select nspname from pg_catalog.pg_namespace").Rows.Select(row => (string)row[0]!)];

    /// <summary>The columns of one relation in their order; empty when there is no such relation.</summary>
    public static IReadOnlyList<ColumnInfo> Columns(PostgresSession session, string schema, string identifier) =>
        Columns(session, $"n.nspname = {Sql.Literal(schema)} and c.relname = {Sql.Literal(identifier)}")
            .TryGetValue((schema, identifier), out var columns) ? columns : [];

    /// <summary>The columns of every relation of the schemas, in one query.</summary>
    public static Dictionary<(string Schema, string Identifier), IReadOnlyList<ColumnInfo>> Columns(
        PostgresSession session, IEnumerable<string> schemas) =>
        Columns(session, $"n.nspname in ({string.Join(", ", schemas.Select(Sql.Literal))})");

    private static Dictionary<(string Schema, string Identifier), IReadOnlyList<ColumnInfo>> Columns(PostgresSession session, string condition)
    {
        var result = session.Query(
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
            """);
        return result.Rows.GroupBy(row => ((string)row[0]!, (string)row[1]!)).ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<ColumnInfo>)[.. group.Select(row => new ColumnInfo(
                (string)row[2]!, (string)row[3]!, (int?)row[4], (int?)row[5], (int?)row[6]))]);
    }
}
