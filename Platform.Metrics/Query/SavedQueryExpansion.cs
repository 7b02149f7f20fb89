using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Query;

/// <summary>Puts a saved query and what a request adds to it together: more conditions, a time range, another order or limit.</summary>
internal static class SavedQueryExpansion
{
    /// <summary>The plan of all rows of a saved query; in no order, unless its own limit needs one.</summary>
    /// <exception cref="QueryException">It cannot be answered.</exception>
    /// <exception cref="NotAllowedException">The reader may not see what it asks for.</exception>
    public static QueryPlan Plan(SavedQuery saved, ReaderPolicy reader, MetricCatalogue catalogue, QueryOptions options)
    {
        var query = Read(new QueryParameters { SavedQuery = saved.Name }, reader, catalogue, options);
        var plan = QueryPlanner.Plan(query, catalogue, query.Limit ?? int.MaxValue);

        // A limit that no set reaches and a sort around all rows would only keep a reader's conditions out.
        return query.Limit is null && plan.Root is Top top ? plan with { Root = top.Input } : plan;
    }

    /// <exception cref="QueryException">There is no such saved query, or a parameter cannot be read.</exception>
    public static MetricQuery Read(QueryParameters parameters, ReaderPolicy reader, MetricCatalogue catalogue, QueryOptions options)
    {
        var name = parameters.SavedQuery!.Trim();
        if (!catalogue.SavedQueries.TryGetValue(name, out var saved))
        {
            throw new QueryException(new QueryFault(
                "saved_query", $"'{name}' is no saved query; /api/v1/saved-queries lists them.", DidYouMean: NearMatches.Of(name, catalogue.SavedQueries.Keys)));
        }

        if (parameters.Metrics.Concat(parameters.GroupBy).Any(value => !string.IsNullOrWhiteSpace(value)) || !string.IsNullOrWhiteSpace(parameters.Grain))
        {
            throw new QueryException(new QueryFault(
                parameters.Metrics.IsEmpty ? "group_by" : "metrics",
                $"The saved query '{name}' has its metrics and columns; add conditions, a time range, an order or a limit, or ask without it."));
        }

        var (conditions, templates) = Filters(saved);
        return QueryReader.Read(
            parameters with
            {
                SavedQuery = null,
                Metrics = saved.Metrics,
                GroupBy = saved.GroupBy,
                Where = [.. conditions, .. parameters.Where],
                OrderBy = parameters.OrderBy.Any(order => !string.IsNullOrWhiteSpace(order)) ? parameters.OrderBy : saved.OrderBy,
                Limit = string.IsNullOrWhiteSpace(parameters.Limit) ? saved.Limit?.ToString(System.Globalization.CultureInfo.InvariantCulture) : parameters.Limit,
            },
            reader,
            templates,
            options);
    }

    /// <summary>Filters that the language of requests has are read as such: so they are typed and moved like others. The rest is SQL of the project.</summary>
    private static (ImmutableArray<string> Conditions, ImmutableArray<FilterTemplate> Templates) Filters(SavedQuery saved)
    {
        var conditions = ImmutableArray.CreateBuilder<string>();
        var templates = ImmutableArray.CreateBuilder<FilterTemplate>();
        foreach (var filter in saved.Where)
        {
            try
            {
                _ = FilterParser.Parse(filter);
                conditions.Add(filter);
            }
            catch (FilterException)
            {
                try
                {
                    templates.Add(FilterTemplate.Parse(filter));
                }
                catch (FilterException exception)
                {
                    throw new QueryException(new QueryFault("saved_query", $"The saved query '{saved.Name}' filters by {filter}: {exception.Message}"));
                }
            }
        }

        return (conditions.ToImmutable(), templates.ToImmutable());
    }
}
