using System.Collections.Immutable;
using Microsoft.OData.UriParser;
using Platform.Api.OData.Model;
using Platform.Api.OData.Sql;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Sql;

namespace Platform.Api.OData;

/// <summary>What an address's path leads to: a set, a row, a property, or a number of rows.</summary>
/// <param name="Set">The set of the rows.</param>
/// <param name="Conditions">Which of its rows; the set stands as <c>t0</c>.</param>
/// <param name="Relations">What the conditions read.</param>
internal sealed record RowTarget(NamedSet Set, ImmutableArray<string> Conditions, ImmutableArray<Relation> Relations)
{
    public bool IsSingle { get; init; }

    public bool IsCount { get; init; }

    public string? Property { get; init; }

    public static RowTarget Of(ODataPath path, PublishedSets sets, SqlParameters parameters)
    {
        RowTarget? target = null;
        foreach (var segment in path)
        {
            target = (segment, target) switch
            {
                (EntitySetSegment set, null) => new RowTarget(sets.Sets[set.EntitySet.Name], [], []),
                (KeySegment key, { IsSingle: false } all) => all with
                {
                    IsSingle = true,
                    Conditions = [.. all.Conditions, .. key.Keys.Select(pair => $"t0.{SqlName.Quote(pair.Key)} = {LiteralSql.Write(pair.Value, parameters)}")],
                },
                (NavigationPropertySegment navigation, { IsSingle: true, Property: null } row) => Follow(row, navigation.NavigationProperty.Name, sets, parameters),
                (PropertySegment property, { IsSingle: true, Property: null } row) => row with { Property = property.Property.Name },
                (CountSegment, { IsSingle: false } all) => all with { IsCount = true },
                _ => throw ODataFault.NotImplemented($"'{segment.Identifier}' at this place of the path is not answered here."),
            };
        }

        return target ?? throw ODataFault.NotFound("The path names no entity set.");
    }

    private static RowTarget Follow(RowTarget row, string name, PublishedSets sets, SqlParameters parameters)
    {
        var navigation = row.Set.Navigation(name)!;
        var key = $"select t0.{SqlName.Quote(navigation.Column)} from {row.Set.From(parameters)} as t0 where {string.Join(" and ", row.Conditions)}";
        return new RowTarget(
            sets.Sets[navigation.Target], [$"t0.{SqlName.Quote(navigation.TargetColumn)} = ({key})"], [.. row.Relations, .. row.Set.Relations]) { IsSingle = true };
    }
}
