using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>
/// How a query is answered: each fact is aggregated by itself to the group-by columns, the aggregates are put side by side, and the
/// metrics are computed from them.
/// </summary>
internal sealed record QueryPlan
{
    public required Publication Publication { get; init; }

    public required ImmutableArray<KeyColumn> Keys { get; init; }

    public required ImmutableArray<MetricColumn> Metrics { get; init; }

    /// <summary>The steps, the last one at the root.</summary>
    public required PlanNode Root { get; init; }

    /// <summary>Facts that are read, in terms of the catalogue.</summary>
    public required ImmutableArray<FactScan> Facts { get; init; }

    /// <summary>The rollup that is read in place of a fact's rows; null when the rows are.</summary>
    public Rollup? RollupOf(FactScan fact) => Root.All.OfType<Aggregate>()
        .Where(aggregate => aggregate.Name == fact.Name || aggregate.Name == $"{fact.Name}_found"
            || aggregate.Name.StartsWith($"{fact.Name}_by_", StringComparison.Ordinal))
        .SelectMany(aggregate => aggregate.Input.All).OfType<Read>()
        .Select(read => read.Rollup).FirstOrDefault(rollup => rollup?.Facts == fact.Model.Relation);

    /// <summary>Everything that is read.</summary>
    public IEnumerable<Relation> Relations => Root.All.Select(node => node switch
    {
        Read read => read.Relation,
        Periods periods => periods.Spine?.Relation,
        _ => null,
    }).OfType<Relation>().Distinct();
}

/// <summary>A column to group by.</summary>
/// <param name="Element">As it was asked for; its text names the column in the answer.</param>
/// <param name="Column">Its name in SQL.</param>
/// <param name="Type">Its type in the answer.</param>
internal sealed record KeyColumn(ElementName Element, string Column, DataType Type);

/// <summary>A metric of the answer.</summary>
internal sealed record MetricColumn(Metric Metric, string Column, MetricTerm Term);

/// <summary>Arithmetic over aggregates.</summary>
internal abstract record MetricTerm(DataType Type);

/// <summary>An aggregate as a scan computed it.</summary>
internal sealed record ValueTerm(string Column, DataType Type, long? FillNullsWith) : MetricTerm(Type);

/// <summary>Null where the denominator is 0 or null.</summary>
internal sealed record RatioTerm(MetricTerm Numerator, MetricTerm Denominator, DataType Type) : MetricTerm(Type);

/// <summary>The project's own expression over other metrics.</summary>
internal sealed record DerivedTerm(ImmutableArray<DerivedPart> Parts, DataType Type) : MetricTerm(Type);

/// <summary>SQL, or a metric's place in it.</summary>
internal sealed record DerivedPart(string Sql, MetricTerm? Term);
