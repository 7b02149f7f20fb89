using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan;

/// <summary>Days or periods that are listed by themselves, beside the facts.</summary>
internal sealed partial class ScanBuilder
{
    /// <summary>The answer's days, and the facts by day, not yet put together.</summary>
    /// <param name="from">The first day of facts that a listed day can look at; null is the very first.</param>
    private ListedPeriods Listed(FactRows rows, ScanConditions conditions, DateOnly? from)
    {
        var grain = BaseGrain;
        var spine = context.Catalogue.SpineFor(grain);
        var facts = new Project(
            context.Names.Take($"{name}_by_{grain.Name()}"),
            rows.Filtered(Range(rows.Time, from, Until).ToArray()),
            [
                new Column(PlanContext.FactTime, new CutTime(rows.Time, grain)),
                .. columns.Zip(rows.Keys).Where(pair => pair.Second is not null).Select(pair => new Column(pair.First, pair.Second!)),
                .. rows.Values.Select(value => new Column(value.Value.Column, value.Argument)),
                .. rows.NonAdditive is { } moments
                    ? moments.Groupings.Select((grouping, at) => new Column($"grouping_{at + 1}", grouping)).Append(new Column("moment", moments.Moment))
                    : [],
            ]);
        var periods = new Periods(PlanContext.PeriodsName, grain)
        {
            Spine = spine,
            To = Until is { } until ? new Constant(until, DataType.Date) : null,
            Extent = IsWhole(spine) ? null : facts,
            ExtentTime = facts.Output(PlanContext.FactTime),
            Shift = draft.Offset.Shift,
        };
        return new ListedPeriods(this, periods, facts, conditions)
        {
            Moments = rows.NonAdditive is { } at
                ? new Moments(
                    facts.Output("moment"), at.First, [.. Enumerable.Range(1, at.Groupings.Length).Select(number => (PlanValue)facts.Output($"grouping_{number}"))])
                : null,
        };
    }

    /// <summary>
    /// Whether a project's own days are listed from first to last, as MetricFlow does. What is published for data dates, and what has no days of its
    /// own, is listed from the first fact on.
    /// </summary>
    private bool IsWhole(TimeSpine? spine) => spine is not null && context.Catalogue.Publication.DataDateTo is null;

    /// <summary>The groups and, for periods without any, a row of nulls.</summary>
    private PlanNode WithEveryPeriod(PlanNode groups, ScanConditions conditions)
    {
        var found = groups is Aggregate aggregate ? aggregate with { Name = context.Names.Take($"{name}_found") } : groups;
        var at = Enumerable.Range(0, keys.Length).Where(position => source.IsMetricTime(keys[position])).ToArray();
        Column[] output = [.. Outputs.Of(found)];
        OutputColumn Found(string column) => new(found.Names.Single(), column, output.First(own => own.Name == column).Value.Type);

        // A single standard grain is listed as it is, unless a condition tells its days apart; all else follows from days.
        var single = at.Length == 1 && keys[at[0]].Grain <= finestFiltered;
        var grain = single ? keys[at[0]].Grain!.Value : BaseGrain;
        var anchor = at.Where(position => keys[position].Grain is not null).OrderByDescending(position => keys[position].Grain).Select(position => columns[position]).FirstOrDefault();
        var spine = context.Catalogue.SpineFor(grain);
        var isBound = anchor is not null && !IsWhole(spine);
        var periods = new Periods(PlanContext.PeriodsName, grain)
        {
            Spine = spine,
            From = query.Start is { } start ? new Constant(TimeSql.Cut(start, grain), DataType.Date) : null,
            To = Until is { } until ? new Constant(until, DataType.Date) : null,
            Extent = isBound ? found : null,
            ExtentTime = isBound ? Found(anchor!) : null,
        };
        var source2 = new RowSource(periods, PeriodNames());
        Column[] times = [.. at.Select(position => new Column(columns[position], source2.At(periods.Time, keys[position])))];
        var kept = conditions.At(source2, periods.Time).ToArray();
        var listed = Filter.Of(source2.Node, kept);
        if (!single)
        {
            var distinct = new Aggregate(context.Names.Take($"{name}_periods"), listed, [.. times], []);
            (listed, times) = (distinct, [.. times.Select(column => new Column(column.Name, distinct.Output(column.Name)))]);
        }

        var joined = new Join(
            listed, found, JoinKind.Left, SqlValue.And([.. times.Select(column => SqlValue.Of(DataType.Boolean, Found(column.Name), " = ", column.Value))]));
        return new Project(
            name,
            Filter.Of(joined, conditions.OnAnswer.Select(bind => bind(column => times.FirstOrDefault(own => own.Name == column)?.Value ?? Found(column)))),
            [
                .. columns.Select(column => times.FirstOrDefault(own => own.Name == column) ?? new Column(column, Found(column))),
                .. content.Values.Select(value => new Column(value.Column, Found(value.Column))),
            ]);
    }

    private static ColumnNames PeriodNames()
    {
        var names = new ColumnNames();
        _ = names.Take(PlanContext.PeriodsName);
        return names;
    }

    private sealed class ListedPeriods
    {
        private readonly ScanBuilder builder;
        private readonly ImmutableArray<PlanValue> conditions;

        public ListedPeriods(ScanBuilder builder, Periods periods, Project facts, ScanConditions conditions)
        {
            this.builder = builder;
            (Grain, Time, Facts, FactTime) = (periods.Grain, periods.Time, facts, facts.Output(PlanContext.FactTime));
            Source = new PeriodSource(periods, PeriodNames());
            Keys =
            [
                .. builder.keys.Select((key, position) => new Column(
                    builder.columns[position],
                    builder.source.IsMetricTime(key) ? Source.At(Time, key) : facts.Output(builder.columns[position]))),
            ];
            Arguments = [.. builder.content.Values.Select(value => (value, (PlanValue)facts.Output(value.Column)))];
            this.conditions =
            [
                .. builder.query.Start is { } start
                    ? [SqlValue.Of(DataType.Boolean, Time, " >= ", Day(TimeSql.Cut(start, periods.Grain), Time.Type))]
                    : Array.Empty<PlanValue>(),
                .. conditions.At(Source, Time),
            ];
        }

        public TimeGrain Grain { get; }

        public OutputColumn Time { get; }

        public PeriodSource Source { get; }

        public Project Facts { get; }

        public OutputColumn FactTime { get; }

        public ImmutableArray<Column> Keys { get; }

        public ImmutableArray<(ScanValue Value, PlanValue Argument)> Arguments { get; }

        public IEnumerable<Column> Values =>
            Arguments.Select(value => new Column(value.Value.Column, new AggregateCall(value.Value.Measure, value.Argument)));

        public Moments? Moments { get; init; }

        public PlanNode Filtered(IEnumerable<PlanValue> more) => Filter.Of(Source.Node, conditions.Concat(more));
    }
}
