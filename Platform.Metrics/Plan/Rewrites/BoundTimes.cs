using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// A condition on a period becomes one on the column: <c>month(t) = 2026-02-01</c> is <c>t &gt;= 2026-02-01 and t &lt; 2026-03-01</c>. Partitions and
/// indexes of the column then serve.
/// </summary>
internal static class BoundTimes
{
    public static PlanNode Apply(PlanNode plan) => plan.Rewrite(node => node is Filter filter
        ? filter with { Conditions = [.. filter.Conditions.Select(condition => condition.Replace(Bounded))] }
        : node);

    private static SqlValue? Bounded(PlanValue condition)
    {
        if (condition is not SqlValue { Parts: [CutTime { Grain: >= TimeGrain.Day } cut, string comparison, Constant { Value: DateOnly day }] }
            || cut.Time is not SourceColumn { Type: DataType.Date or DataType.Timestamp or DataType.TimestampTz } column
            || (cut.Grain == TimeGrain.Day && column.Type == DataType.Date) || day.Year is < 2 or > 9990)
        {
            return null;
        }

        var first = TimeSql.Cut(day, cut.Grain);
        var next = TimeSql.Last(day, cut.Grain).AddDays(1);
        return (comparison, first == day) switch
        {
            (" = ", true) => SqlValue.Of(DataType.Boolean, "(", From(first), " and ", Before(next), ")"),
            (" >= ", true) => From(first),
            (" >= ", false) or (" > ", _) => From(next),
            (" < ", true) => Before(first),
            (" < ", false) or (" <= ", _) => Before(next),
            _ => null,
        };

        SqlValue From(DateOnly bound) => SqlValue.Of(DataType.Boolean, column, " >= ", At(bound));
        SqlValue Before(DateOnly bound) => SqlValue.Of(DataType.Boolean, column, " < ", At(bound));
        Constant At(DateOnly bound) => column.Type switch
        {
            DataType.Date => new Constant(bound, DataType.Date),
            DataType.TimestampTz => new Constant(bound.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), DataType.TimestampTz),
            _ => new Constant(bound.ToDateTime(TimeOnly.MinValue), DataType.Timestamp),
        };
    }
}
