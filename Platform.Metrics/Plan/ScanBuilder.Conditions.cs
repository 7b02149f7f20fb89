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
        var onAnswer = ImmutableArray.CreateBuilder<Func<Func<string, PlanValue>, PlanValue>>();
        foreach (var filter in content.Filters)
        {
            try
            {
                onRows.Add(Binder(source, rowTime).Bind(filter));

                // Periods that the metric's definition leaves out are not listed either.
                if (draft.JoinToTimespine && filter.References.Any() && filter.References.All(IsOnMetricTime))
                {
                    Finer(filter.References);
                    onPeriods.Add((rows, at) => Binder(rows, at).Bind(filter));
                }
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

        return new ScanConditions(onRows.ToImmutable(), onPeriods.ToImmutable(), onAnswer.ToImmutable());

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

                if (isOnTime && !onTime.Contains(false) && (byPeriod || draft.JoinToTimespine))
                {
                    Finer(references);
                    onPeriods.Add((rows, at) => bind(Binder(rows, at)));
                }
                else if (draft.JoinToTimespine && onTime.Contains(false) && references.All(IsColumn))
                {
                    onAnswer.Add(value => bind(new FilterBinder(
                        reference => value(columns[At(reference.Element)]), metric => throw new FilterException($"{metric.Text} is no column.", metric.Position))));
                }
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault(parameter, exception.Message, exception.Position + 1, (exception as UnknownElementException)?.Near));
            }
        }
    }

    /// <summary>Periods are listed finely enough for a condition on them.</summary>
    private void Finer(IEnumerable<Expression> references) =>
        finestFiltered = references.OfType<Reference>().Select(reference => FinestOf(Found(reference.Element, reference.Position))).Append(finestFiltered).Min();

    private bool IsColumn(Expression reference) => reference is Reference { Element: var element } && At(element) >= 0;

    /// <summary>The place of the element among the group-by columns.</summary>
    private int At(ElementName element)
    {
        var found = source.Lookups.Find(element);
        return keys.ToList().FindIndex(key => key == found || (source.IsMetricTime(key) && found.Element is not null && source.IsMetricTime(found)
            && (key.Grain, key.Part, key.CustomGrain) == (found.Grain, found.Part, found.CustomGrain)));
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
    /// <param name="OnAnswer">On other group-by columns, which a period without rows has empty; to be bound to the columns.</param>
    private sealed record ScanConditions(
        ImmutableArray<PlanValue> OnRows,
        ImmutableArray<Func<RowSource, PlanValue, PlanValue>> OnPeriods,
        ImmutableArray<Func<Func<string, PlanValue>, PlanValue>> OnAnswer)
    {
        public IEnumerable<PlanValue> At(RowSource rows, PlanValue time) => OnPeriods.Select(bind => bind(rows, time)).ToArray();
    }
}
