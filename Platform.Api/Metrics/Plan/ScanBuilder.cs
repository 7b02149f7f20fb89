using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Plan;

/// <summary>Completes a draft to a scan: looks up the group-by columns and filters, and joins what they need.</summary>
internal sealed class ScanBuilder
{
    /// <summary>Name under which SQL knows the days or periods that an answer lists.</summary>
    public const string PeriodAlias = "periods";

    /// <summary>The column of <see cref="PeriodAlias"/>.</summary>
    public const string PeriodColumn = "period";

    /// <summary>Column of a fact's own day or period, before it is put to the answer's.</summary>
    public const string FactTimeColumn = "fact_time";

    private readonly ScanDraft draft;
    private readonly ScanContent content;
    private readonly MetricQuery query;
    private readonly List<QueryFault> faults;
    private readonly Dimension time;
    private readonly ElementLookup lookup;
    private readonly Dictionary<string, Join> joins = [];
    private readonly ColumnNames aliases = new();
    private readonly string root;

    public ScanBuilder(MetricCatalogue catalogue, ScanDraft draft, ScanContent content, MetricQuery query, List<QueryFault> faults)
    {
        this.draft = draft;
        this.content = content;
        this.query = query;
        this.faults = faults;
        time = draft.Model.FindDimension(draft.Time)!;
        lookup = new ElementLookup(catalogue, draft.Model, time);
        root = aliases.Take(draft.Model.Name);
        _ = aliases.Take(PeriodAlias);
    }

    private string Who => $"({string.Join(", ", content.Metrics)})";

    /// <summary>The scan; null when a fault was found.</summary>
    public FactScan? Build(string name, IReadOnlyList<string> columns)
    {
        var before = faults.Count;
        var keys = Keys(columns);
        var timing = TimingOf(keys);
        var filters = RowFilters();
        var conditions = Conditions();
        if (faults.Count > before)
        {
            return null;
        }

        // A cumulative value and one looked up are asked for at the answer's time, which is not the rows'.
        var byPeriod = timing is Cumulated or LookedUp;
        var timeFilters = byPeriod || draft.JoinToTimespine ? conditions.Where(IsOnMetricTime) : [];
        return new FactScan
        {
            Name = name,
            Model = draft.Model,
            Time = time,
            Joins = [.. joins.Values],
            Keys = keys,
            Values = [.. content.Values],
            RowFilters =
            [
                .. filters,
                .. conditions.Where(condition => !byPeriod || !IsOnMetricTime(condition)).Select(condition => new BoundExpression(condition)),
            ],
            TimeFilters = [.. timeFilters.Select(OnPeriods)],
            Start = draft is { Cumulative: { Window: null, GrainToDate: null } } && timing is AtOwnTime ? null : query.Start,
            End = query.End,
            Timing = timing,
            NonAdditive = content.NonAdditive,
            JoinToTimespine = draft.JoinToTimespine,
        };
    }

    private ImmutableArray<ScanKey> Keys(IReadOnlyList<string> columns)
    {
        var keys = ImmutableArray.CreateBuilder<ScanKey>();
        foreach (var (name, column) in query.GroupBy.Zip(columns))
        {
            var found = lookup.Find(name);
            if (found.Element is null)
            {
                faults.Add(new QueryFault("group_by", $"{found.Problem} {Who}", DidYouMean: found.Near));
            }
            else
            {
                keys.Add(new ScanKey(column, Bind(found)));
            }
        }

        return keys.ToImmutable();
    }

    private Timing TimingOf(ImmutableArray<ScanKey> keys)
    {
        var grains = keys.Select(key => key.Element).Where(element => element is { IsMetricTime: true, Grain: not null })
            .Select(element => element.Grain!.Value).ToArray();
        // Without a column of time, all rows up to the end are what has cumulated.
        var hasOneTime = draft.Cumulative is null || (draft.Cumulative is { Window: null, GrainToDate: null } && grains.Length == 0);
        if (draft.Offset.IsNone && hasOneTime)
        {
            return new AtOwnTime();
        }

        if (grains.Length == 0)
        {
            faults.Add(new QueryFault(
                "group_by",
                $"{Who} {(draft.Cumulative is null ? "compares with an earlier time" : "is cumulative")}: group by metric_time at a grain.",
                DidYouMean: ["metric_time__day", "metric_time__month"]));
            return new AtOwnTime();
        }

        var finest = grains.Min();
        var (months, days, toGrain) = (draft.Offset.Months, draft.Offset.Days, draft.Offset.ToGrain);
        if (draft.Cumulative is { } cumulative)
        {
            if (finest < TimeGrain.Day)
            {
                faults.Add(new QueryFault("group_by", $"{Who} is cumulative by day; it has no {finest.Name()}s."));
            }

            return new Cumulated(cumulative.Window, cumulative.GrainToDate, cumulative.PeriodAggregation, months, days);
        }

        if (toGrain is null && (months == 0 || finest >= TimeGrain.Month))
        {
            return new Moved(months, days);
        }

        if (finest < TimeGrain.Day)
        {
            faults.Add(new QueryFault("group_by", $"{Who} looks back by day or more; it has no {finest.Name()}s."));
        }

        if (grains.Contains(TimeGrain.Week) && grains.Any(grain => grain > TimeGrain.Week))
        {
            faults.Add(new QueryFault("group_by", $"{Who} looks back from one period; weeks and {grains.Max().Name()}s overlap."));
        }

        return new LookedUp(finest, months, days, toGrain);
    }

    private ImmutableArray<BoundFilter> RowFilters()
    {
        var bound = ImmutableArray.CreateBuilder<BoundFilter>();
        foreach (var filter in content.Filters)
        {
            try
            {
                bound.Add(new FilterBinder(BindForFilter).Bind(filter));
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault("metrics", $"The definition of {Who} filters by {filter.Text}: {exception.Message}"));
            }
        }

        return bound.ToImmutable();
    }

    private ImmutableArray<Expression> Conditions()
    {
        var conditions = ImmutableArray.CreateBuilder<Expression>();
        foreach (var where in query.Where)
        {
            foreach (var conjunct in FilterBinder.Conjuncts(where))
            {
                try
                {
                    var condition = new FilterBinder(BindForFilter).Bind(conjunct);
                    var byPeriod = draft.Cumulative is not null || !draft.Offset.IsNone;
                    var elements = FilterBinder.Elements(condition).ToArray();
                    if (byPeriod && elements.Any(element => element.IsMetricTime) && elements.Any(element => !element.IsMetricTime))
                    {
                        throw new FilterException(
                            $"{Who} is not of one time: combine conditions on metric_time with others by 'and' only.", conjunct.Position);
                    }

                    conditions.Add(condition);
                }
                catch (FilterException exception)
                {
                    faults.Add(new QueryFault("where", exception.Message, exception.Position + 1, (exception as UnknownElementException)?.Near));
                }
            }
        }

        return conditions.ToImmutable();
    }

    private static bool IsOnMetricTime(Expression condition) => FilterBinder.Elements(condition).Any(element => element.IsMetricTime);

    /// <summary>The condition on the answer's days in place of the rows' time.</summary>
    private static Expression OnPeriods(Expression expression) => expression switch
    {
        BoundReference { Element.IsMetricTime: true } reference => reference with { Element = OnPeriods(reference.Element) },
        Logical logical => logical with { Operands = [.. logical.Operands.Select(OnPeriods)] },
        Negation negation => negation with { Operand = OnPeriods(negation.Operand) },
        Comparison comparison => comparison with { Left = OnPeriods(comparison.Left), Right = OnPeriods(comparison.Right) },
        Between between => between with { Operand = OnPeriods(between.Operand), Low = OnPeriods(between.Low), High = OnPeriods(between.High) },
        Membership membership => membership with { Operand = OnPeriods(membership.Operand) },
        NullTest test => test with { Operand = OnPeriods(test.Operand) },
        _ => expression,
    };

    private static BoundElement OnPeriods(BoundElement element) =>
        element with { Alias = PeriodAlias, Expr = PeriodColumn, RawType = DataType.Date };

    private BoundElement BindForFilter(ElementName name, int position)
    {
        var found = lookup.Find(name);
        return found.Element is null
            ? throw new UnknownElementException($"{found.Problem} {Who}", position, found.Near)
            : Bind(found);
    }

    private BoundElement Bind(ElementLookup.Found found)
    {
        var element = found.Element!;
        var alias = Alias(element.Path);
        if (element.Entity is { } entity)
        {
            return new BoundElement(alias, entity.Name, entity.Expr, entity.DataType);
        }

        var dimension = element.Dimension!;
        return new BoundElement(alias, dimension.Name, dimension.Expr, dimension.DataType)
        {
            Grain = found.Grain,
            Part = found.Part,
            IsMetricTime = element.Path.IsEmpty && dimension.Name == time.Name,
        };
    }

    private string Alias(ImmutableArray<JoinStep> path)
    {
        var alias = root;
        var way = "";
        foreach (var step in path)
        {
            way += $"/{step.Entity.Name}>{step.Target.Name}";
            if (!joins.TryGetValue(way, out var join))
            {
                join = new Join(aliases.Take(alias == root ? step.Entity.Name : $"{alias}__{step.Entity.Name}"), alias, step);
                joins.Add(way, join);
            }

            alias = join.Alias;
        }

        return alias;
    }
}
