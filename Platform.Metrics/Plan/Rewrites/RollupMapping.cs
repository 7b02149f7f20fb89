using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>Values over a fact's rows as values over a rollup's rows.</summary>
internal sealed class RollupMapping
{
    private readonly Rollup rollup;
    private readonly string facts;
    private readonly Dictionary<string, string> ways;
    private bool isMapped;

    /// <param name="rollup">What is read instead.</param>
    /// <param name="facts">Name of the fact in the plan; the rollup takes it over.</param>
    /// <param name="lookups">What the plan looks up for the fact's rows, in order.</param>
    public RollupMapping(Rollup rollup, string facts, IEnumerable<Join> lookups)
    {
        (this.rollup, this.facts) = (rollup, facts);
        ways = new Dictionary<string, string> { [facts] = RollupWay.Own };
        foreach (var lookup in lookups)
        {
            if (lookup is { Right: Read target, On: SqlValue { Parts: [SourceColumn key, " = ", SourceColumn foreign] } }
                && key.Relation == target.Name && ways.TryGetValue(foreign.Relation, out var way))
            {
                ways[target.Name] = RollupWay.Step(way, foreign.Expr, target.Relation, key.Expr);
            }
        }
    }

    /// <summary>Relations that still have to be looked up, of which the rollup does not hold what is read.</summary>
    public HashSet<string> LookedUp { get; } = [];

    /// <summary>The value; null when it does not follow from the rollup's keys.</summary>
    public PlanValue? Map(PlanValue value) => Map(value, []);

    /// <param name="value">A value.</param>
    /// <param name="kept">Relations that are read as they are: those that the value is the key of.</param>
    public PlanValue? Map(PlanValue value, IEnumerable<string> kept)
    {
        var own = kept.ToHashSet();
        isMapped = true;
        var mapped = value.Replace(part => Mapped(part, own));
        return isMapped ? mapped : null;
    }

    /// <summary>A measure put together from the rollup's; null when it cannot be.</summary>
    /// <param name="value">The aggregate over the fact's rows.</param>
    /// <param name="isWhole">There is one group, also of no rows.</param>
    public PlanValue? Combined(PlanValue value, bool isWhole)
    {
        if (value is not AggregateCall { IsCombined: false, Argument: SourceColumn argument } call || argument.Relation != facts)
        {
            return null;
        }

        var filter = call.Filter is null ? null : Map(call.Filter);
        if (call.Filter is not null && filter is null)
        {
            return null;
        }

        var measure = call.Measure;
        switch (measure.Aggregation)
        {
            // The sum of floating point numbers depends on their order.
            case Aggregation.Sum or Aggregation.Average when measure.ExprType is not (DataType.Integer or DataType.Decimal):
                return null;
            case Aggregation.Average:
                return Part(Aggregation.Sum) is { } sum && Part(Aggregation.Count) is { } count
                    ? SqlValue.Of(measure.DataType, "(", sum, "::numeric / nullif(", count, ", 0))")
                    : null;
            case Aggregation.Count:
                return Part(Aggregation.Count) is not { } parts ? null
                    : isWhole ? SqlValue.Of(DataType.Integer, "coalesce(", parts, ", 0)::bigint")
                    : SqlValue.Of(DataType.Integer, "(", parts, ")::bigint");
            case Aggregation.SumBoolean:
                return Part(Aggregation.SumBoolean) is { } trues ? SqlValue.Of(DataType.Integer, "(", trues, ")::bigint") : null;
            default:
                return MeasureSql.CanCombine(measure) ? Part(measure.Aggregation) : null;
        }

        AggregateCall? Part(Aggregation aggregation) =>
            rollup.Values.FirstOrDefault(own => own.Aggregation == aggregation && own.Expr == argument.Expr) is not { } own ? null
            : measure with { Aggregation = aggregation } is var part
                ? new AggregateCall(part, Column(own.Column, part.DataType)) { IsCombined = true, Filter = filter }
                : null;
    }

    private PlanValue? Mapped(PlanValue part, HashSet<string> kept)
    {
        if (part is SqlValue text && !text.Parts.OfType<string>().All(SqlWords.NameNoColumn))
        {
            isMapped = false;
            return part;
        }

        switch (part)
        {
            case OutputColumn output when !kept.Contains(output.Relation):
                LookedUp.Add(output.Relation);
                return output;
            case SourceColumn column when !kept.Contains(column.Relation):
                return Mapped(column);
            case SourceColumn or OutputColumn:
                return part;
            case CutTime { Time: SourceColumn time } cut when Exact(time) is null:
                return Period(time, grain => RollupTimes.IsMadeOf(cut.Grain, grain)) is not { } period ? null
                    : period.Grain == cut.Grain ? Column(period, time)
                    : cut with { Time = Column(period, time) };
            case TimePart { Time: SourceColumn time } of when Exact(time) is null:
                return Period(time, grain => RollupTimes.IsMadeOf(of.Part, grain)) is { } known ? of with { Time = Column(known, time) } : null;
            case SqlValue { Parts: [SourceColumn time, string comparison, Constant bound] } when Exact(time) is null:
                return rollup.Keys.Where(key => IsOf(key, time)).Select(key => RollupTimes.Bound(Column(key, time), key.Grain!.Value, comparison, bound))
                    .FirstOrDefault(mapped => mapped is not null);
            default:
                return null;
        }
    }

    private SourceColumn Mapped(SourceColumn column)
    {
        if (Exact(column) is { } key)
        {
            return Column(key, column);
        }

        // Of another relation than the fact's own it can still be looked up.
        isMapped &= column.Relation != facts;
        LookedUp.Add(column.Relation);
        return column;
    }

    /// <summary>The key that holds the value as it is.</summary>
    private RollupKey? Exact(SourceColumn column) => rollup.Keys.FirstOrDefault(
        key => IsOf(key, column) && (key.Grain is null || (key.Grain == TimeGrain.Day && column.Type == DataType.Date)));

    private RollupKey? Period(SourceColumn time, Func<TimeGrain, bool> suffices) =>
        rollup.Keys.Where(key => IsOf(key, time) && key.Grain is { } grain && suffices(grain)).MaxBy(key => key.Grain);

    private bool IsOf(RollupKey key, SourceColumn column) => key.Expr == column.Expr && ways.GetValueOrDefault(column.Relation) == key.Way;

    private SourceColumn Column(RollupKey key, SourceColumn column) => Column(key.Column, key.TypeOf(column.Type));

    private SourceColumn Column(string name, DataType type) => new(facts, name, name, type);
}
