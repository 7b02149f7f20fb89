using System.Collections.Immutable;
using Microsoft.OData.Edm;
using Platform.Api.OData.Model;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Sql;

namespace Platform.Api.OData.Sql;

/// <summary>
/// Rows to choose from, as SQL: a set with the sets that its navigation properties lead to, joined as they are named, or what a transformation made.
/// </summary>
internal sealed class RowSource
{
    private readonly PublishedSets sets;
    private readonly SqlParameters parameters;
    private readonly NamedSet? set;
    private readonly string from;
    private readonly string alias;
    private readonly Dictionary<string, (string Alias, NamedSet Set)> joined = [];
    private readonly List<string> joins = [];
    private readonly Dictionary<string, SourceColumn> columns = [];
    private readonly List<string> conditions = [];
    private readonly HashSet<Relation> relations;

    public RowSource(PublishedSets sets, NamedSet set, SqlParameters parameters)
    {
        (this.sets, this.set, this.parameters) = (sets, set, parameters);
        (from, alias) = (set.From(parameters), "t0");
        relations = [.. set.Relations];
    }

    /// <summary>The rows of a select statement, with these columns.</summary>
    public RowSource(RowSource inner, string select, IEnumerable<SourceColumn> columns)
    {
        (sets, parameters) = (inner.sets, inner.parameters);
        relations = inner.relations;
        (from, alias) = ($"(\n{select}\n)", "rows");
        foreach (var column in columns)
        {
            this.columns.Add(column.Path, column with { Sql = $"rows.{SqlName.Quote(column.Path)}" });
        }
    }

    public SqlParameters Parameters => parameters;

    public IReadOnlyCollection<Relation> Relations => relations;

    /// <summary>The set whose rows these are; null after a transformation.</summary>
    public NamedSet? Set => set;

    /// <summary>Columns that are not the set's own: a transformation's, or computed ones.</summary>
    public IEnumerable<SourceColumn> Made => columns.Values;

    /// <summary><c>from</c> and what follows it up to <c>where</c>.</summary>
    public string From
    {
        get
        {
            var text = $"from {from} as {alias}{string.Concat(joins.Select(join => $"\n{join}"))}";
            return conditions.Count == 0 ? text : $"{text}\nwhere {string.Join("\n  and ", conditions)}";
        }
    }

    /// <summary>These are read too.</summary>
    public void Reads(IEnumerable<Relation> others) => relations.UnionWith(others);

    public void Where(string condition) => conditions.Add($"({condition})");

    public void Add(SourceColumn column) => columns[column.Path] = column;

    /// <summary>The column that a path of names leads to.</summary>
    public SourceColumn Column(ImmutableArray<string> path)
    {
        if (columns.TryGetValue(string.Join('/', path), out var made))
        {
            return made;
        }

        if (set is null)
        {
            throw ODataFault.Bad($"'{string.Join('/', path)}' is no column of what $apply made; its columns are {string.Join(", ", columns.Keys)}.");
        }

        var (owner, place) = Joined(path[..^1]);
        var column = owner.Column(path[^1]) ?? throw ODataFault.Bad($"'{path[^1]}' is no property of {owner.Name}.");
        return new SourceColumn(string.Join('/', path), Sql(column, $"{place}.{SqlName.Quote(column.Name)}"), column.Kind, column.IsNullable || path.Length > 1);
    }

    /// <summary>Where the rows that navigation properties lead to stand; joined when they are not yet.</summary>
    public (NamedSet Set, string Alias) Joined(ImmutableArray<string> path)
    {
        var (owner, place) = (set ?? throw ODataFault.Bad("After $apply there are no navigation properties."), alias);
        for (var length = 1; length <= path.Length; length++)
        {
            var name = string.Join('/', path[..length]);
            if (!joined.TryGetValue(name, out var next))
            {
                var navigation = owner.Navigation(path[length - 1]) ?? throw ODataFault.Bad($"'{path[length - 1]}' is no navigation property of {owner.Name}.");
                next = ($"t{joined.Count + 1}", sets.Sets[navigation.Target]);
                joins.Add(
                    $"left join {next.Set.From(parameters)} as {next.Alias} on {next.Alias}.{SqlName.Quote(navigation.TargetColumn)} = {place}.{SqlName.Quote(navigation.Column)}");
                relations.UnionWith(next.Set.Relations);
                joined.Add(name, next);
            }

            (owner, place) = (next.Set, next.Alias);
        }

        return (owner, place);
    }

    /// <summary>A time without zone is UTC; what OData has no type for is text.</summary>
    private static string Sql(SetColumn column, string sql) => column.PostgresType switch
    {
        "timestamp without time zone" => $"({sql} at time zone 'UTC')",
        "text" or "character varying" or "character" or "name" => sql,
        _ when column.Kind == EdmPrimitiveTypeKind.String => $"{sql}::text",
        _ => sql,
    };
}

/// <param name="Path">Its name; of a navigation's column, the names on the way with <c>/</c>.</param>
/// <param name="Sql">The expression.</param>
/// <param name="Kind">Its type.</param>
/// <param name="IsNullable">Whether it may be null.</param>
internal sealed record SourceColumn(string Path, string Sql, EdmPrimitiveTypeKind Kind, bool IsNullable)
{
    /// <summary>Whether the request made it, so that $metadata does not tell its type.</summary>
    public bool IsDynamic { get; init; }
}
