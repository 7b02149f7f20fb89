using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Sql;

namespace Platform.Api.OData.Model;

/// <summary>A named table of rows that readers may ask for: a mart, or a saved query.</summary>
internal sealed record NamedSet
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required ImmutableArray<SetColumn> Columns { get; init; }

    /// <summary>Columns that tell its rows apart; none when no column does.</summary>
    public ImmutableArray<string> Key { get; init; } = [];

    public ImmutableArray<SetNavigation> Navigations { get; init; } = [];

    /// <summary>Metrics among its columns; none in a mart.</summary>
    public ImmutableArray<string> Metrics { get; init; } = [];

    /// <summary>The saved query whose rows these are; null for a mart.</summary>
    public string? SavedQuery { get; init; }

    /// <summary>What it reads.</summary>
    public required ImmutableArray<Relation> Relations { get; init; }

    /// <summary>What stands after <c>from</c>: the only place where a set becomes SQL.</summary>
    public required Func<SqlParameters, string> From { get; init; }

    public SetColumn? Column(string name) => Columns.FirstOrDefault(column => column.Name == name);

    public SetNavigation? Navigation(string name) => Navigations.FirstOrDefault(navigation => navigation.Name == name);
}

/// <summary>A way from a row to the one row of another set that it belongs to.</summary>
/// <param name="Name">The entity's name.</param>
/// <param name="Column">The column with the other row's key.</param>
/// <param name="Target">The other set.</param>
/// <param name="TargetColumn">The column there, which is unique.</param>
internal sealed record SetNavigation(string Name, string Column, string Target, string TargetColumn);
