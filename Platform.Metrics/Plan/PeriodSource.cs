using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Listed periods and what is looked up for them.</summary>
internal sealed class PeriodSource(Periods periods, ColumnNames aliases) : RowSource(periods, aliases)
{
    /// <summary>
    /// The same day so many periods of a calendar earlier: the third day of this fiscal quarter looks at the third of the one before. Null when the
    /// earlier period has no such day.
    /// </summary>
    /// <exception cref="FilterException">The calendar is not by the periods that are listed.</exception>
    public PlanValue CalendarOffset(PlanValue at, PlanContext context, string grain, int count)
    {
        var spine = context.Catalogue.TimeSpines.First(spine => spine.CustomGrains.Any(own => own.Name == grain));
        if (spine.Grain != periods.Grain)
        {
            throw new FilterException($"An offset by {grain} is by {spine.Grain.Name()}; it has no {periods.Grain.Name()}s.", 0);
        }

        var custom = spine.CustomGrains.First(own => own.Name == grain);
        var days = context.Names.Take($"{grain}_{spine.Grain.Name()}s");
        var day = new CutTime(new SourceColumn(spine.Relation.Name, spine.Column, spine.Column, spine.DataType), spine.Grain);
        var period = new SourceColumn(spine.Relation.Name, custom.Column, custom.Column, custom.DataType);
        var own = new Project(
            days,
            new Read(spine.Relation.Name, spine.Relation),
            [
                new Column("day", day),
                new Column("number", SqlValue.Of(DataType.Integer, "dense_rank() over (order by ", period, ")")),
                new Column("position", SqlValue.Of(DataType.Integer, "row_number() over (partition by ", period, " order by ", day, ")")),
            ]);
        var before = new Project(
            context.Names.Take($"{days}_before"), own, [.. own.Columns.Select(column => new Column(column.Name, own.Output(column.Name)))]);
        Lookup(own, SqlValue.Of(DataType.Boolean, own.Output("day"), " = ", at));
        Lookup(
            before,
            SqlValue.Of(
                DataType.Boolean,
                before.Output("number"), " = ", own.Output("number"), " - ", new Constant((long)count, DataType.Integer), " and ",
                before.Output("position"), " = ", own.Output("position")));
        return before.Output("day");
    }
}
