using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Sql;

/// <summary>Cumulative values: facts by day, then for every day the window that ends with it, then one day's value for each period.</summary>
internal sealed partial class ScanSql
{
    private IEnumerable<(string, SelectSql)> Cumulative(Cumulated cumulated)
    {
        var byDay = $"{scan.Name}_by_day";
        var toDate = $"{scan.Name}_to_date";
        var canCombine = scan.Values.All(value => MeasureSql.CanCombine(value.Measure));
        yield return (byDay, ByDay(cumulated, canCombine));
        yield return (toDate, ToDate(cumulated, byDay, canCombine));
        yield return (scan.Name, ByPeriod(cumulated, toDate));
    }

    private SelectSql ByDay(Cumulated cumulated, bool canCombine)
    {
        var select = new SelectSql();
        select.Columns.Add($"{TimeSql.Cut(Time(), scan.Time.DataType, TimeGrain.Day)} as {FactTime}");
        select.Columns.AddRange(OtherKeys().Select(key => $"{Element(key.Element, null)} as {SqlName.Quote(key.Column)}"));
        if (canCombine)
        {
            return Aggregated(select, null, FirstDay(cumulated), Until);
        }

        // Distinct counts and the like cannot be had from days' values: the rows themselves go on.
        select.Columns.AddRange(scan.Values.Select(value => $"{Expr(value.Measure)} as {SqlName.Quote(value.Column)}"));
        return Read(select, null, FirstDay(cumulated), Until);
    }

    private SelectSql ToDate(Cumulated cumulated, string byDay, bool canCombine)
    {
        var select = FromPeriods(TimeGrain.Day, byDay, FactTime, cumulated.OffsetMonths, cumulated.OffsetDays);
        select.Columns.Clear();
        select.Columns.Add(Period);
        select.Columns.AddRange(OtherKeys().Select(key => $"facts.{SqlName.Quote(key.Column)}"));
        select.GroupBy = select.Columns.Count;
        select.Columns.AddRange(scan.Values.Select(value =>
        {
            var column = $"facts.{SqlName.Quote(value.Column)}";
            var aggregate = canCombine ? MeasureSql.Combine(value.Measure.Aggregation, column)! : MeasureSql.Aggregate(value.Measure, column);
            return $"{aggregate} as {SqlName.Quote(value.Column)}";
        }));

        var (last, type) = TimeSql.Move(Period, DataType.Date, -cumulated.OffsetMonths, -cumulated.OffsetDays);
        var from = cumulated switch
        {
            { Window: { } window } => $"\n  and facts.{FactTime} > {last} - interval '{window.Months} months {window.Days} days'",
            { GrainToDate: { } grain } => $"\n  and facts.{FactTime} >= {TimeSql.Cut(last, type, grain)}",
            _ => "",
        };
        select.Joins.Add($"join {SqlName.Quote(byDay)} as facts\n  on facts.{FactTime} <= {last}{from}");
        return select;
    }

    private SelectSql ByPeriod(Cumulated cumulated, string toDate)
    {
        var select = new SelectSql { From = $"{SqlName.Quote(toDate)} as {ScanBuilder.PeriodAlias}" };
        select.Columns.AddRange(scan.Keys.Select(key => key.Element.IsMetricTime
            ? $"{Element(OnPeriods(key.Element), null)} as {SqlName.Quote(key.Column)}"
            : SqlName.Quote(key.Column)));
        if (FinestGrain == TimeGrain.Day)
        {
            select.Columns.AddRange(scan.Values.Select(value => SqlName.Quote(value.Column)));
            return select;
        }

        select.GroupBy = select.Columns.Count;
        select.Columns.AddRange(scan.Values.Select(value =>
        {
            var column = SqlName.Quote(value.Column);
            return cumulated.PeriodAggregation switch
            {
                PeriodAggregation.Average => $"avg({column}) as {column}",
                PeriodAggregation.Last => $"(array_agg({column} order by {Period} desc))[1] as {column}",
                _ => $"(array_agg({column} order by {Period}))[1] as {column}",
            };
        }));
        return select;
    }

    /// <summary>The earliest day that a listed day's window reaches.</summary>
    private DateOnly? FirstDay(Cumulated cumulated)
    {
        if (scan.Start is not { } start)
        {
            return null;
        }

        var last = TimeSql.Move(start, -cumulated.OffsetMonths, -cumulated.OffsetDays);
        return cumulated switch
        {
            { Window: { } window } => TimeSql.Move(last, -window.Months, -window.Days),
            { GrainToDate: { } grain } => TimeSql.Cut(last, grain),
            _ => null,
        };
    }
}
