using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>What metrics can be asked by.</summary>
/// <param name="Shared">Elements that all facts behind the metrics have, by name.</param>
/// <param name="Facts">Those facts.</param>
/// <param name="Fault">Why a metric cannot be computed; empty when it can.</param>
internal sealed record Elements(
    ImmutableSortedDictionary<string, ReachableElement> Shared, ImmutableArray<ScanDraft> Facts, string Fault)
{
    public static Elements SharedBy(ImmutableArray<Metric> metrics, MetricCatalogue catalogue)
    {
        var (facts, fault) = FactsOf(metrics, catalogue);
        var usable = facts
            .Select(fact => new ElementLookup(catalogue, fact.Model, fact.Model.FindDimension(fact.Time)!).Usable()
                .DistinctBy(element => element.Name)
                .ToDictionary(element => element.Name, element => element.Element))
            .ToArray();
        var shared = usable.Length == 0 ? [] : usable[0].Where(element => usable.All(other => other.ContainsKey(element.Key))).ToArray();
        return new Elements(shared.ToImmutableSortedDictionary(StringComparer.Ordinal), facts, fault);
    }

    /// <summary>The facts that metrics are computed from, and why not when they are not.</summary>
    public static (ImmutableArray<ScanDraft> Facts, string Fault) FactsOf(ImmutableArray<Metric> metrics, MetricCatalogue catalogue)
    {
        var binder = new MetricBinder(catalogue, new ColumnNames());
        var fault = "";
        try
        {
            foreach (var metric in metrics)
            {
                _ = binder.Bind(metric);
            }
        }
        catch (QueryException exception)
        {
            fault = exception.Message;
        }

        return ([.. binder.Scans.Select(scan => scan.Draft).DistinctBy(draft => (draft.Model.Name, draft.Time))], fault);
    }

    /// <summary>The finest grain that all facts have.</summary>
    public static TimeGrain? Finest(ImmutableArray<ScanDraft> facts) => facts.Select(fact => fact.Model.FindDimension(fact.Time)!.Grain).Max();
}
