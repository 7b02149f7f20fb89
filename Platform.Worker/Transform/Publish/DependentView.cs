using Npgsql;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// A view that reads a relation which is about to be replaced, with all that is needed to make it again: its definition, options, owner,
/// privileges and comment.
/// </summary>
internal sealed record DependentView(
    uint Oid, string Schema, string Name, char Kind, string Definition, string? Options, string Owner, string? Comment, IReadOnlyList<string> Grants)
{
    private const string Query =
        """
        with recursive dependents (oid, depth) as (
            select r.ev_class, 1
            from pg_depend d join pg_rewrite r on r.oid = d.objid
            where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = any ($1) and r.ev_class <> d.refobjid
            union
            select r.ev_class, p.depth + 1
            from dependents p
            join pg_depend d on d.refobjid = p.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
            join pg_rewrite r on r.oid = d.objid
            where r.ev_class <> p.oid
        )
        select c.oid, n.nspname, c.relname, c.relkind, pg_get_viewdef(c.oid), array_to_string(c.reloptions, ', '), pg_get_userbyid(c.relowner),
               obj_description(c.oid, 'pg_class'),
               array(select format('grant %s on %I.%I to %s', a.privilege_type, n.nspname, c.relname,
                            case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
                            || case when a.is_grantable then ' with grant option' else '' end)
                     from aclexplode(c.relacl) a where a.grantee <> c.relowner)
        from (select oid, max(depth) as depth from dependents group by oid) found
        join pg_class c on c.oid = found.oid
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm')
        order by found.depth, n.nspname, c.relname
        """;

    /// <summary>The views above the relations, those that others read first.</summary>
    public static async Task<IReadOnlyList<DependentView>> FindAsync(NpgsqlConnection connection, uint[] relations, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = relations, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Oid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var views = new List<DependentView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            views.Add(new DependentView(
                reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<char>(3), reader.GetString(4),
                await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5), reader.GetString(6),
                await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetString(7), reader.GetFieldValue<string[]>(8)));
        }

        return views;
    }

    public string Qualified => Sql.Identifier(Schema, Name);

    public string Drop => $"drop {Word(Kind)} {Qualified}";

    /// <summary>The statements that make the view again as it was.</summary>
    public IEnumerable<string> Restore()
    {
        var options = string.IsNullOrEmpty(Options) ? "" : $" with ({Options})";
        yield return $"create {Word(Kind)} {Qualified}{options} as {Definition.TrimEnd().TrimEnd(';')}";
        yield return $"alter {Word(Kind)} {Qualified} owner to {Sql.Identifier(Owner)}";
        if (Comment is not null)
        {
            yield return $"comment on {Word(Kind)} {Qualified} is {Sql.Literal(Comment)}";
        }

        foreach (var grant in Grants)
        {
            yield return grant;
        }
    }

    public static string Word(char kind) => kind switch
    {
        'v' => "view",
        'm' => "materialized view",
        'f' => "foreign table",
        _ => "table",
    };
}
