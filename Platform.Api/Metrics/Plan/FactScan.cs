using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;

namespace Platform.Api.Metrics.Plan;

/// <summary>One fact, joined to the dimensions it needs, filtered and aggregated to the group-by columns.</summary>
internal sealed record FactScan
{
    /// <summary>Name of its common table expression.</summary>
    public required string Name { get; init; }

    public required SemanticModel Model { get; init; }

    /// <summary>The measures' time: what <c>metric_time</c> is here.</summary>
    public required Dimension Time { get; init; }

    public required ImmutableArray<Join> Joins { get; init; }

    /// <summary>One for each group-by column of the query, in its order.</summary>
    public required ImmutableArray<ScanKey> Keys { get; init; }

    public required ImmutableArray<ScanValue> Values { get; init; }

    /// <summary>Conditions on the fact's rows.</summary>
    public required ImmutableArray<BoundFilter> RowFilters { get; init; }

    /// <summary>Conditions on the answer's metric time, where days or periods are listed by themselves.</summary>
    public required ImmutableArray<Expression> TimeFilters { get; init; }

    public DateOnly? Start { get; init; }

    public DateOnly? End { get; init; }

    public required Timing Timing { get; init; }

    public NonAdditiveDimension? NonAdditive { get; init; }

    /// <summary>Also give a row for each period that has no facts.</summary>
    public bool JoinToTimespine { get; init; }
}

/// <param name="Alias">The joined relation's name in SQL.</param>
/// <param name="ParentAlias">The relation that has the foreign key.</param>
/// <param name="Step">The keys.</param>
internal sealed record Join(string Alias, string ParentAlias, JoinStep Step);

internal sealed record ScanKey(string Column, BoundElement Element);

internal sealed record ScanValue(string Column, Measure Measure);

/// <summary>An element and where its value comes from.</summary>
/// <param name="Alias">The relation's name in SQL.</param>
/// <param name="Name">The element's own name.</param>
/// <param name="Expr">The project's SQL over the relation's columns.</param>
/// <param name="RawType">Type of that expression.</param>
internal sealed record BoundElement(string Alias, string Name, string Expr, DataType RawType)
{
    /// <summary>Grain to cut a time to; null for what is no time.</summary>
    public TimeGrain? Grain { get; init; }

    public DatePart? Part { get; init; }

    public bool IsMetricTime { get; init; }

    /// <summary>Type after cutting.</summary>
    public DataType Type =>
        Part is not null ? DataType.Integer
        : Grain is { } grain ? (grain >= TimeGrain.Day ? DataType.Date : DataType.Timestamp)
        : RawType;
}

/// <summary>When the rows count in the answer.</summary>
internal abstract record Timing;

/// <summary>At their own time.</summary>
internal sealed record AtOwnTime : Timing;

/// <summary>Later by an offset: each row counts in exactly one period, the one that its moved time falls in.</summary>
internal sealed record Moved(int Months, int Days) : Timing;

/// <summary>A period shows the value of another: the one that its start, moved back and cut to a grain, falls in.</summary>
internal sealed record LookedUp(TimeGrain Grain, int Months, int Days, TimeGrain? ToGrain) : Timing;

/// <summary>On every day, all rows of the window that ends with it.</summary>
internal sealed record Cumulated(TimeWindow? Window, TimeGrain? GrainToDate, PeriodAggregation PeriodAggregation, int OffsetMonths, int OffsetDays)
    : Timing;

/// <summary>A condition: a request's expression or a definition's template, its references bound.</summary>
internal abstract record BoundFilter;

internal sealed record BoundExpression(Expression Expression) : BoundFilter;

internal sealed record BoundTemplate(ImmutableArray<BoundTemplatePart> Parts) : BoundFilter;

internal sealed record BoundTemplatePart(string Sql, BoundElement? Element);

/// <summary>A reference that has been looked up.</summary>
internal sealed record BoundReference(BoundElement Element, int Position) : Expression(Position);

/// <summary>A literal that has the type of what it is compared with: string, decimal, long, double, bool, DateOnly or DateTime.</summary>
internal sealed record BoundValue(object Value, DataType Type, int Position) : Expression(Position);
