using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>A query that the project keeps under a name. Its texts are read as those of a request, but for filters, which are the project's own SQL.</summary>
internal sealed record SavedQuery(string Name)
{
    public string? Label { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<string> Metrics { get; init; } = [];

    public ImmutableArray<string> GroupBy { get; init; } = [];

    public ImmutableArray<string> Where { get; init; } = [];

    public ImmutableArray<string> OrderBy { get; init; } = [];

    public int? Limit { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Its name where marts have names, too; with an ending when one of them has this.</summary>
    public string FreeName(IReadOnlySet<string> taken)
    {
        var name = Name;
        while (taken.Contains(name))
        {
            name += "_metrics";
        }

        return name;
    }
}

internal static class SavedQueryReader
{
    public static SavedQuery Read(SavedQueryEntry entry) => new(entry.Name)
    {
        Label = entry.Label,
        Description = entry.Description,
        Metrics = entry.QueryParams?.Metrics ?? [],
        GroupBy = entry.QueryParams?.GroupBy ?? [],
        Where = [.. (entry.QueryParams?.Where?.WhereFilters ?? []).Select(filter => filter.WhereSqlTemplate)],
        OrderBy = entry.QueryParams?.OrderBy ?? [],
        Limit = entry.QueryParams?.Limit,
        Tags = entry.Tags ?? [],
    };
}
