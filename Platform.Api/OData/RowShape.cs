using System.Collections.Immutable;
using Microsoft.OData.UriParser;
using Platform.Api.OData.Model;
using Platform.Api.OData.Sql;

namespace Platform.Api.OData;

/// <summary>Which properties a row is written with.</summary>
internal sealed record RowShape(ImmutableArray<ShapedProperty> Properties)
{
    /// <summary>Whether these are all the set's own properties, so that the context need not name them.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The columns to select, in the order in which they are written.</summary>
    public IEnumerable<SourceColumn> Columns => Properties.SelectMany(property =>
        property.Nested is null ? [property.Column!] : (property.Column is null ? [] : new[] { property.Column }).Concat(property.Nested.Columns));

    /// <summary>The part of a context URL in parentheses (OData part 1, 10.7 to 10.11); empty when it needs none.</summary>
    public string Context
    {
        get
        {
            var names = Properties
                .Where(property => !IsWhole || property.Nested is not null)
                .Select(property => property.Nested is null ? property.Name : $"{property.Name}({string.Join(',', property.Nested.Names)})")
                .ToArray();
            return names.Length == 0 ? "" : $"({string.Join(',', names)})";
        }
    }

    private IEnumerable<string> Names => Properties
        .Where(property => !IsWhole || property.Nested is not null)
        .Select(property => property.Nested is null ? property.Name : $"{property.Name}({string.Join(',', property.Nested.Names)})");

    /// <summary>The shape of a set's rows.</summary>
    public static RowShape Of(SelectExpandClause? clause, RowSource source, ImmutableArray<string> path)
    {
        var (set, _) = source.Joined(path);
        var items = clause?.SelectedItems.ToArray() ?? [];
        var whole = clause is null || clause.AllSelected || items.OfType<WildcardSelectItem>().Any();
        ImmutableArray<string> names =
        [
            .. whole
                ? [.. set.Columns.Select(column => column.Name), .. path.IsEmpty ? source.Made.Select(column => column.Path) : []]
                : items.OfType<PathSelectItem>().Select(item => Selected(item, set)).Distinct(),
        ];
        var properties = names.Select(name => new ShapedProperty(name, source.Column([.. path, name]), null)).ToList();
        foreach (var item in items.OfType<ExpandedReferenceSelectItem>())
        {
            properties.Add(Expanded(item, source, path));
        }

        return new RowShape([.. properties]) { IsWhole = whole && !(path.IsEmpty && source.Made.Any()) };
    }

    /// <summary>The shape of what <c>$apply</c> made: columns of navigations stand in objects.</summary>
    public static RowShape OfMade(SelectExpandClause? clause, RowSource source)
    {
        if (clause?.SelectedItems.OfType<ExpandedReferenceSelectItem>().Any() == true)
        {
            throw ODataFault.NotImplemented("$expand after $apply is not answered here; group by the other set's properties instead.", "$expand");
        }

        var selected = clause is null || clause.AllSelected
            ? null
            : clause.SelectedItems.OfType<PathSelectItem>().Select(item => string.Join('/', item.SelectedPath.Select(segment => segment.Identifier))).ToHashSet();
        return Nest([.. source.Made.Where(column => selected is null || selected.Contains(column.Path)).Select(column => (column.Path.Split('/').ToImmutableArray(), column))]);
    }

    private static RowShape Nest(ImmutableArray<(ImmutableArray<string> Path, SourceColumn Column)> columns) => new(
    [
        .. columns.GroupBy(column => column.Path[0]).Select(group => group.First().Path.Length == 1
            ? new ShapedProperty(group.Key, group.First().Column, null)
            : new ShapedProperty(group.Key, null, Nest([.. group.Select(column => (column.Path.RemoveAt(0), column.Column))]))),
    ]);

    private static string Selected(PathSelectItem item, NamedSet set)
    {
        if (item.SelectedPath.Count != 1 || item.SelectedPath.FirstSegment is NavigationPropertySegment)
        {
            throw ODataFault.NotImplemented($"$select takes properties of {set.Name}; $expand takes navigation properties.", "$select");
        }

        return item.SelectedPath.FirstSegment.Identifier;
    }

    private static ShapedProperty Expanded(ExpandedReferenceSelectItem item, RowSource source, ImmutableArray<string> path)
    {
        if (item is not ExpandedNavigationSelectItem { LevelsOption: null, ComputeOption: null, ApplyOption: null } expanded
            || item.PathToNavigationProperty.Count != 1
            || item is not { FilterOption: null, OrderByOption: null, TopOption: null, SkipOption: null, CountOption: null, SearchOption: null })
        {
            throw ODataFault.NotImplemented("$expand is answered with $select and $expand in it.", "$expand");
        }

        var name = item.PathToNavigationProperty.FirstSegment.Identifier;
        ImmutableArray<string> inner = [.. path, name];
        var (owner, _) = source.Joined(path);
        return new ShapedProperty(name, source.Column([.. inner, owner.Navigation(name)!.TargetColumn]), Of(expanded.SelectAndExpand, source, inner));
    }
}

/// <param name="Name">Its name.</param>
/// <param name="Column">Its value; of a nested one the column that is null when there is no row.</param>
/// <param name="Nested">The row that it leads to.</param>
internal sealed record ShapedProperty(string Name, SourceColumn? Column, RowShape? Nested);
