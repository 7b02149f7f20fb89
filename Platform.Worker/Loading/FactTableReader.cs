using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Compatibility;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading;

/// <summary>Reads from PostgreSQL's catalogue what a domain's fact tables are like.</summary>
internal static class FactTableReader
{
    private static readonly string[] Own = [FactTables.Partition, FactTables.Load, FactTables.Line];

    /// <summary>The tables that are there, by dataset. One query.</summary>
    public static async Task<IReadOnlyDictionary<string, FactTableShape>> ReadAsync(
        NpgsqlConnection connection, Domain domain, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.relname, c.relkind = 'p', coalesce(obj_description(c.oid, 'pg_class'), ''),
                a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(col_description(c.oid, a.attnum), ''),
                array_position(i.indkey::smallint[], a.attnum)
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_index i on i.indrelid = c.oid and i.indisprimary
            where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p') and c.relname = any ($2)
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        AddTables(command, domain);
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Row(
                reader.GetString(0), reader.GetBoolean(1), reader.GetString(2), reader.GetString(3),
                new FactTableColumn(reader.GetString(4), reader.GetBoolean(5), reader.GetString(6)),
                await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetInt32(7)));
        }

        return rows.GroupBy(row => row.Table, StringComparer.Ordinal).ToDictionary(group => group.Key, Shape, StringComparer.Ordinal);
    }

    /// <summary>The views that read the domain's fact tables, by name.</summary>
    public static async Task<IReadOnlyList<string>> ViewsAsync(NpgsqlConnection connection, Domain domain, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct r.ev_class::regclass::text
            from pg_depend d
            join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            join pg_class t on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid and t.oid <> r.ev_class
            where t.relnamespace = to_regnamespace($1) and t.relname = any ($2)
            order by 1
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        AddTables(command, domain);
        var views = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            views.Add(reader.GetString(0));
        }

        return views;
    }

    private static void AddTables(NpgsqlCommand command, Domain domain)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Sql.Identifier(domain.Name) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. domain.Datasets.Select(contract => contract.Dataset)] });
    }

    private static FactTableShape Shape(IEnumerable<Row> rows)
    {
        var all = rows.ToList();
        return new FactTableShape(
            all.Where(row => !Own.Contains(row.Name, StringComparer.Ordinal)).ToDictionary(row => row.Name, row => row.Column, StringComparer.Ordinal),
            // The key of every fact table starts with the partition's date.
            [.. all.Where(row => row.KeyPosition is not null).OrderBy(row => row.KeyPosition).Select(row => row.Name).Skip(1)],
            all[0].Description,
            all[0].IsPartitioned);
    }

    private sealed record Row(string Table, bool IsPartitioned, string Description, string Name, FactTableColumn Column, int? KeyPosition);
}
