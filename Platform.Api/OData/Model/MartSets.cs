using System.Collections.Immutable;
using Npgsql;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Sql;

namespace Platform.Api.OData.Model;

/// <summary>The published marts as sets: their columns from the database, their joins from the semantic models.</summary>
internal static class MartSets
{
    private const string Home = "analytics";

    private const string Columns =
        """
        select n.nspname, c.relname, a.attname, format_type(a.atttypid, null), a.atttypmod, a.attnotnull,
               (select array_agg(k.attname order by part.ordinality)
                from (select i.indkey from pg_index i
                      where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
                        and not exists (select from pg_attribute u where u.attrelid = c.oid and u.attnum = any(i.indkey) and not u.attnotnull)
                      order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
                      limit 1) best,
                     unnest(best.indkey) with ordinality part (attnum, ordinality)
                join pg_attribute k on k.attrelid = c.oid and k.attnum = part.attnum)
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where n.nspname = any($1) and c.relkind in ('r', 'v', 'm', 'p', 'f') and not c.relispartition and has_table_privilege(c.oid, 'select')
        order by n.nspname <> $2, n.nspname, c.relname, a.attnum
        """;

    public static async Task<ImmutableArray<NamedSet>> ReadAsync(MetricCatalogue catalogue, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string[] schemas = [.. catalogue.Models.Values.Select(model => model.Relation.Schema).Prepend(Home).Distinct()];
        await using var command = new NpgsqlCommand(Columns, connection);
        command.Parameters.AddWithValue(schemas);
        command.Parameters.AddWithValue(Home);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(Relation Relation, SetColumn Column, string[] Key)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((
                new Relation(reader.GetString(0), reader.GetString(1)),
                SetColumn.Of(reader.GetString(2), reader.GetString(3), reader.GetInt32(4), !reader.GetBoolean(5)),
                await reader.IsDBNullAsync(6, cancellationToken) ? [] : reader.GetFieldValue<string[]>(6)));
        }

        var sets = rows.GroupBy(row => row.Relation).Select(mart => Set(mart.Key, [.. mart.Select(row => row.Column)], mart.First().Key, catalogue)).ToArray();
        return [.. sets.Select(set => set with { Navigations = Navigations(set, sets, catalogue) })];
    }

    private static NamedSet Set(Relation relation, ImmutableArray<SetColumn> columns, string[] indexed, MetricCatalogue catalogue)
    {
        var mart = catalogue.Marts.Find(relation);
        ImmutableArray<string> key = indexed.Length > 0 ? [.. indexed] : Declared(relation, columns, catalogue);
        return new NamedSet
        {
            Name = SetName(relation),
            Description = mart?.Description,
            Columns =
            [
                .. columns.Select(column => column with
                {
                    IsNullable = column.IsNullable && !key.Contains(column.Name),
                    Description = mart?.Columns.GetValueOrDefault(column.Name),
                }),
            ],
            Key = key,
            Relations = [relation],
            From = _ => SqlName.Quote(relation.Schema, relation.Name),
        };
    }

    private static string SetName(Relation relation) => relation.Schema == Home ? relation.Name : $"{relation.Schema}_{relation.Name}";

    /// <summary>The column that a semantic model declares to be the key; the project's tests see to it that it is.</summary>
    private static ImmutableArray<string> Declared(Relation relation, ImmutableArray<SetColumn> columns, MetricCatalogue catalogue) =>
    [
        .. catalogue.Models.Values
            .Where(model => model.Relation == relation && model.Validity is null)
            .SelectMany(model => model.Entities)
            .Where(entity => entity.Type == EntityType.Primary && columns.Any(column => column.Name == entity.Expr))
            .Select(entity => entity.Expr)
            .Take(1),
    ];

    private static ImmutableArray<SetNavigation> Navigations(NamedSet set, NamedSet[] sets, MetricCatalogue catalogue)
    {
        var navigations = new List<SetNavigation>();
        var candidates =
            from model in catalogue.Models.Values.OrderBy(model => model.Name, StringComparer.Ordinal)
            where SetName(model.Relation) == set.Name
            from entity in model.Entities
            where set.Column(entity.Expr) is not null
            from other in catalogue.Models.Values.OrderBy(other => other.Name, StringComparer.Ordinal)
            let target = sets.FirstOrDefault(target => target.Name == SetName(other.Relation))
            where target is not null && target.Name != set.Name && other.Validity is null
            let key = other.FindEntity(entity.Name)
            where key is not null && other.IsUniqueOn(key) && target.Column(key.Expr) is not null
            select new SetNavigation(entity.Name, entity.Expr, target.Name, key.Expr);
        foreach (var candidate in candidates)
        {
            var name = IsFree(candidate.Name) ? candidate.Name : $"{candidate.Name}_{candidate.Target}";
            if (IsFree(name) && !navigations.Any(other => other with { Name = candidate.Name } == candidate))
            {
                navigations.Add(candidate with { Name = name });
            }
        }

        return [.. navigations];

        bool IsFree(string name) => set.Column(name) is null && navigations.All(other => other.Name != name);
    }
}
