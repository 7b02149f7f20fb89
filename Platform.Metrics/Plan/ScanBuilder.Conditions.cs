using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Filters: those of definitions and on the rows' dimensions before anything is aggregated, those on metric time at the answer's time.</summary>
internal sealed partial class ScanBuilder
{
    private ScanConditions Conditions(Timing timing)
    {
        // A cumulative value and one looked up are asked for at the answer's time, which is not the rows'.
        var byPeriod = timing is Timing.Cumulated or Timing.LookedUp;
        var rowTime = timing == Timing.Moved ? MovedTime.Of(source.Time, draft.Offset.Shift) : source.Time;
        var onRows = ImmutableArray.CreateBuilder<PlanValue>();
        var onPeriods = ImmutableArray.CreateBuilder<Func<RowSource, PlanValue, PlanValue>>();
        foreach (var filter in content.Filters)
        {
            try
            {
                onRows.Add(Binder(source, rowTime).Bind(filter));
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault("metrics", $"The definition of {Who} filters by {filter.Text}: {exception.Message}"));
            }
        }

        foreach (var template in query.Templates)
        {
            Add(template.References, binder => binder.Bind(template), 0, "saved query");
        }

        foreach (var condition in query.Where.SelectMany(where => where.Conjuncts))
        {
            Add(condition.All.Where(part => part is Reference or MetricReference), binder => binder.Condition(condition), condition.Position, "where");
        }

        return new ScanConditions(onRows.ToImmutable(), onPeriods.ToImmutable());

        void Add(IEnumerable<Expression> references, Func<FilterBinder, PlanValue> bind, int position, string parameter)
        {
            try
            {
                // Bound to the rows in any case: that finds every fault, and joins only what is needed elsewhere, too.
                var onTime = references.Select(IsOnMetricTime).ToArray();
                var isOnTime = onTime.Contains(true);
                if (byPeriod && isOnTime && onTime.Contains(false))
                {
                    throw new FilterException($"{Who} is not of one time: combine conditions on metric_time with others by 'and' only.", position);
                }

                var scalar = bind(Binder(source, rowTime));
                if (!byPeriod || !isOnTime)
                {
                    onRows.Add(scalar);
                }

                if (isOnTime && (byPeriod || draft.JoinToTimespine))
                {
                    onPeriods.Add((rows, at) => bind(Binder(rows, at)));
                }
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault(parameter, exception.Message, exception.Position + 1, (exception as UnknownElementException)?.Near));
            }
        }
    }

    private bool IsOnMetricTime(Expression reference) =>
        reference is Reference { Element: var element, Position: var position } && source.IsMetricTime(Found(element, position));

    private ElementLookup.Found Found(ElementName element, int position)
    {
        var found = source.Lookups.Find(element);
        return found.Element is null ? throw new UnknownElementException($"{found.Problem} {Who}", position, found.Near) : found;
    }

    /// <summary>Binds to rows whose metric time is given; for other rows than the fact's own there is nothing but that time.</summary>
    private FilterBinder Binder(RowSource rows, PlanValue at) => new(
        reference => Found(reference.Element, reference.Position) is var found && source.IsMetricTime(found) ? rows.At(at, found) : source.Bind(found, at),
        reference => source.Bind(reference, at));

    /// <summary>Conditions for the days from start to end, both included, on the fact's time as it is stored.</summary>
    private static IEnumerable<PlanValue> Range(PlanValue time, DateOnly? start, DateOnly? end)
    {
        if (start is { } first)
        {
            yield return SqlValue.Of(DataType.Boolean, time, " >= ", Day(first, time.Type));
        }

        if (end is { } last && (time.Type == DataType.Date || last < DateOnly.MaxValue))
        {
            yield return time.Type == DataType.Date
                ? SqlValue.Of(DataType.Boolean, time, " <= ", Day(last, time.Type))
                : SqlValue.Of(DataType.Boolean, time, " < ", Day(last.AddDays(1), time.Type));
        }
    }

    /// <summary>The day's first moment as the time's type has it.</summary>
    private static Constant Day(DateOnly day, DataType type) => type switch
    {
        DataType.Date => new Constant(day, DataType.Date),
        DataType.TimestampTz => new Constant(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), DataType.TimestampTz),
        _ => new Constant(day.ToDateTime(TimeOnly.MinValue), DataType.Timestamp),
    };

    /// <param name="OnRows">On the fact's rows.</param>
    /// <param name="OnPeriods">On the answer's metric time, to be bound where periods are listed.</param>
    private sealed record ScanConditions(ImmutableArray<PlanValue> OnRows, ImmutableArray<Func<RowSource, PlanValue, PlanValue>> OnPeriods)
    {
        public IEnumerable<PlanValue> At(RowSource rows, PlanValue time) => OnPeriods.Select(bind => bind(rows, time)).ToArray();
    }
}
