using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan;

/// <summary>Puts rows to the answer's times.</summary>
internal sealed partial class ScanBuilder
{
    /// <summary>Rows at their own time, or at it moved.</summary>
    private PlanNode Direct(FactRows rows, Timing timing)
    {
        var shift = timing == Timing.Moved ? draft.Offset.Shift : default;
        var at = MovedTime.Of(rows.Time, shift);
        var grouped = KeyColumns(rows, at);
        var (start, end) = (draft is { Cumulative: { Window: null, GrainToDate: null } } ? null : query.Start, timing == Timing.Moved ? MovedUntil : query.End);

        // By whole days the bounds move instead of the column, so that an index on it serves.
        var range = shift is { Months: 0, Seconds: 0 }
            ? Range(rows.Time, start is { } from ? TimeSql.Move(from, 0, -shift.Days) : null, end is { } to ? TimeSql.Move(to, 0, -shift.Days) : null)
            : Range(at, start, end);
        var node = rows.Filtered(range.ToArray());
        return Grouped(node, grouped, rows.Values, rows.NonAdditive);
    }

    /// <summary>One row for each group; where a measure is no sum over time, of each group's rows only those of its last (or first) moment.</summary>
    private Aggregate Grouped(PlanNode node, ImmutableArray<Column> grouped, ImmutableArray<(ScanValue Value, PlanValue Argument)> values, Moments? moments) =>
        moments is not null
            ? AtMoment(node, grouped, values, moments)
            : new Aggregate(name, node, grouped, [.. values.Select(value => new Column(value.Value.Column, new AggregateCall(value.Value.Measure, value.Argument)))]);

    // The last listed period compares with the whole of an earlier one, unless the query ends within it.
    private DateOnly? MovedUntil => (query.End, context.Catalogue.Publication.DataDateTo, TimeKeys.Min(FinestOf)) switch
    {
        (var end, { } newest, >= TimeGrain.Day and var grain) when TimeSql.Last(newest, grain) is var last => end < last ? end : last,
        _ => Until,
    };

    private ImmutableArray<Column> KeyColumns(FactRows rows, PlanValue at) =>
        [.. keys.Select((key, position) => new Column(columns[position], rows.Keys[position] ?? TimeKey(rows.Source, at, key)))];

    private Aggregate AtMoment(PlanNode node, ImmutableArray<Column> grouped, ImmutableArray<(ScanValue Value, PlanValue Argument)> values, Moments at)
    {
        PlanValue[] groups = [.. at.Groupings, .. keys.Zip(grouped).Where(pair => IsOfMoment(pair.First)).Select(pair => pair.Second.Value)];
        object[] over = groups.Length == 0 ? [") over ()"] : [") over (partition by ", .. SqlValue.Join(groups, ", "), ")"];
        var moments = new Project(
            context.Names.Take($"{name}_moments"),
            node,
            [
                .. grouped,
                .. values.Select(value => new Column(value.Value.Column, value.Argument)),
                new Column("moment", at.Moment),
                new Column("chosen_moment", new SqlValue([at.First ? "min(" : "max(", at.Moment, .. over], at.Moment.Type)),
            ]);
        return new Aggregate(
            name,
            new Filter(moments, [SqlValue.Of(DataType.Boolean, moments.Output("moment"), " = ", moments.Output("chosen_moment"))]),
            [.. grouped.Select(key => new Column(key.Name, moments.Output(key.Name)))],
            [.. values.Select(value => new Column(value.Value.Column, new AggregateCall(value.Value.Measure, moments.Output(value.Value.Column))))]);

        bool IsOfMoment(ElementLookup.Found key) =>
            source.IsMetricTime(key) || (key.Element is { Path.IsEmpty: true, Dimension: { } own } && own.Name == content.NonAdditive!.Name);
    }

    /// <summary>Each day or period shows another's rows.</summary>
    private PlanNode LookedUp(FactRows rows, ScanConditions conditions)
    {
        var listed = Listed(rows, conditions, FirstLookedUp());
        var sought = Sought(listed, listed.Time);
        var node = new Join(
            listed.Filtered(draft.Offset.ToGrain is not null && TimeKeys.Min(FinestOf) > listed.Grain
                ? [SqlValue.Of(DataType.Boolean, listed.Time, " = ", new CutTime(listed.Time, TimeKeys.Min(FinestOf)))]
                : []),
            listed.Facts,
            JoinKind.Inner,
            SqlValue.Of(DataType.Boolean, listed.FactTime, " = ", new CutTime(sought, listed.Grain)));
        return Grouped(node, listed.Keys, listed.Arguments, listed.Moments);

        DateOnly? FirstLookedUp() => query.Start is not { } start || draft.Offset.CustomGrain is not null ? null
            : TimeSql.Cut(TimeSql.Move(start, -draft.Offset.Shift), draft.Offset.ToGrain ?? TimeGrain.Day);
    }

    /// <summary>The time that a listed one looks at: moved back and cut.</summary>
    private PlanValue Sought(ListedPeriods listed, PlanValue at)
    {
        if (draft.Offset.CustomGrain is { } custom)
        {
            at = listed.Source.CalendarOffset(at, context, custom, draft.Offset.CustomCount);
        }

        var moved = MovedTime.Of(at, -draft.Offset.Shift);
        return draft.Offset.ToGrain is { } grain ? new CutTime(moved, grain) : moved;
    }

    /// <summary>On every listed day the window that ends with it; of each group's days one, or their average.</summary>
    private PlanNode Cumulated(FactRows rows, ScanConditions conditions)
    {
        var (window, toDate) = (draft.Cumulative!.Window, draft.Cumulative.GrainToDate);
        var listed = Listed(rows, conditions, FirstCumulated());
        var last = Sought(listed, listed.Time);
        PlanValue[] on =
        [
            SqlValue.Of(DataType.Boolean, listed.FactTime, " <= ", last),
            .. window is not null ? [SqlValue.Of(DataType.Boolean, listed.FactTime, " > ", MovedTime.Of(last, -window.Shift))]
                : toDate is { } grain ? [SqlValue.Of(DataType.Boolean, listed.FactTime, " >= ", new CutTime(last, grain))]
                : Array.Empty<PlanValue>(),
        ];
        var node = new Join(listed.Filtered([]), listed.Facts, JoinKind.Inner, SqlValue.And(on));

        // A group has one day: then its value is the group's.
        if (TimeKeys.Any(key => key.Grain == listed.Grain))
        {
            return new Aggregate(name, node, listed.Keys, [.. listed.Values]);
        }

        var byDay = new Aggregate(
            context.Names.Take($"{name}_to_date"), node, [new Column(Periods.Column, listed.Time), .. listed.Keys], [.. listed.Values]);
        var period = byDay.Output(Periods.Column);
        var picks = draft.Offset.ToGrain is null ? draft.Cumulative.PeriodAggregation : PeriodAggregation.First;
        return new Aggregate(
            name,
            byDay,
            [.. listed.Keys.Select(key => new Column(key.Name, byDay.Output(key.Name)))],
            [.. content.Values.Select(value => new Column(value.Column, Picked(byDay.Output(value.Column), period, picks)))]);

        DateOnly? FirstCumulated() => query.Start is not { } start || draft.Offset.CustomGrain is not null || (window is null && toDate is null) ? null
            : TimeSql.Move(start, -draft.Offset.Shift) is var day && draft.Offset.ToGrain is { } offsetTo ? Window(TimeSql.Cut(day, offsetTo)) : Window(day);

        DateOnly Window(DateOnly day) => window is not null ? TimeSql.Move(day, -window.Shift) : TimeSql.Cut(day, toDate!.Value);
    }

    private static SqlValue Picked(PlanValue value, PlanValue period, PeriodAggregation picks) => picks switch
    {
        PeriodAggregation.Average => SqlValue.Of(value.Type == DataType.Integer ? DataType.Decimal : value.Type, "avg(", value, ")"),
        PeriodAggregation.Last => SqlValue.Of(value.Type, "(array_agg(", value, " order by ", period, " desc))[1]"),
        _ => SqlValue.Of(value.Type, "(array_agg(", value, " order by ", period, "))[1]"),
    };
}
