using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>A relation as the server describes it. <see cref="Kind"/> is <c>BASE TABLE</c>, <c>VIEW</c> or <c>MATERIALIZED VIEW</c>.</summary>
internal sealed record CatalogTable(string Schema, string Name, string Kind, string? Comment, string Owner)
{
    public List<CatalogColumn> Columns { get; } = [];

    /// <summary>What a project's own macro counts of the relation, such as its rows; dbt-postgres counts nothing.</summary>
    public IReadOnlyList<CatalogStatistic> Statistics { get; init; } = [];

    /// <summary>The permanent relations of the schemas with their columns, in one query; names of schemas compare without case, as in dbt.</summary>
    public static IReadOnlyList<CatalogTable> Read(PostgresSession session, IEnumerable<string> schemas)
    {
        var list = string.Join(", ", schemas.Select(schema => Sql.Literal(schema.ToLowerInvariant())).Distinct());
        if (list.Length == 0)
        {
            return [];
        }

        var result = session.Query(
            $"""
            select n.nspname, c.relname, c.relkind::text, obj_description(c.oid, 'pg_class'), pg_catalog.pg_get_userbyid(c.relowner),
                   a.attname, a.attnum, pg_catalog.format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid
            where lower(n.nspname) in ({list}) and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence in ('p', 'u')
              and not pg_catalog.pg_is_other_temp_schema(n.oid) and a.attnum > 0 and not a.attisdropped
            order by 1, 2, a.attnum
            """);
        var tables = new List<CatalogTable>();
        foreach (var row in result.Rows)
        {
            var (schema, name) = ((string)row[0]!, (string)row[1]!);
            if (tables.Count == 0 || tables[^1].Schema != schema || tables[^1].Name != name)
            {
                var kind = (string)row[2]! switch { "v" => "VIEW", "m" => "MATERIALIZED VIEW", _ => "BASE TABLE" };
                tables.Add(new CatalogTable(schema, name, kind, row[3] as string, (string)row[4]!));
            }

            tables[^1].Columns.Add(new CatalogColumn((string)row[5]!, (short)row[6]!, (string)row[7]!, row[8] as string));
        }

        return tables;
    }
}

/// <summary>A column; <see cref="Index"/> is the server's number of it.</summary>
internal sealed record CatalogColumn(string Name, int Index, string Type, string? Comment);

/// <summary>A figure of a relation. <see cref="Value"/> is a number, a text, true or false.</summary>
internal sealed record CatalogStatistic(string Id, string Label, object? Value, string? Description);
