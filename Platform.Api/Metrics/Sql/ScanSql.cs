using NpgsqlTypes;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Sql;

/// <summary>Writes a scan as common table expressions; the last one has the scan's name and a row for each group.</summary>
internal sealed partial class ScanSql(FactScan scan, Publication publication, SqlParameters parameters)
{
    private const string Period = $"{ScanBuilder.PeriodAlias}.{ScanBuilder.PeriodColumn}";
    private const string FactTime = ScanBuilder.FactTimeColumn;

    private readonly ScanSource source = new(scan);

    // Days after the newest data date are not in the publication, so nothing is listed for them.
    private DateOnly? Until => (scan.End, publication.DataDateTo) switch
    {
        ({ } end, { } newest) => end < newest ? end : newest,
        var (end, newest) => end ?? newest,
    };

    // The last listed period compares with the whole of an earlier one, unless the query ends within it.
    private DateOnly? MovedUntil => (scan.End, publication.DataDateTo, FinestGrain) switch
    {
        (var end, { } newest, { } grain) when TimeSql.Last(newest, grain) is var last => end < last ? end : last,
        _ => Until,
    };

    public IEnumerable<(string Name, SelectSql Select)> Write() => scan.Timing switch
    {
        Cumulated cumulated => Cumulative(cumulated),
        LookedUp lookedUp => Shifted(lookedUp),
        _ when scan.JoinToTimespine && FinestGrain is { } finest => WithEveryPeriod(finest),
        _ => [(scan.Name, Rows(scan.Timing as Moved))],
    };

    private TimeGrain? FinestGrain => scan.Keys
        .Where(key => key.Element is { IsMetricTime: true, Grain: >= TimeGrain.Day })
        .Min(key => key.Element.Grain);

    private FilterSql Filters(Moved? moved) => new(element => Element(element, moved), parameters);

    /// <summary>The fact's rows, grouped by all keys.</summary>
    private SelectSql Rows(Moved? moved)
    {
        var select = new SelectSql();
        select.Columns.AddRange(scan.Keys.Select(key => $"{Element(key.Element, moved)} as {SqlName.Quote(key.Column)}"));
        return Aggregated(select, moved, scan.Start, moved is null ? scan.End : MovedUntil);
    }

    /// <summary>Adds the aggregates, conditions and relations to a select that has its group-by columns.</summary>
    private SelectSql Aggregated(SelectSql select, Moved? moved, DateOnly? start, DateOnly? end)
    {
        select.GroupBy = select.Columns.Count;
        if (scan.NonAdditive is { } nonAdditive)
        {
            return AtLastMoment(select, nonAdditive, moved, start, end);
        }

        select.Columns.AddRange(scan.Values.Select(value =>
            $"{MeasureSql.Aggregate(value.Measure, Expr(value.Measure))} as {SqlName.Quote(value.Column)}"));
        return Read(select, moved, start, end);
    }

    /// <summary>Of each group's rows only those of its last (or first) moment.</summary>
    private SelectSql AtLastMoment(SelectSql keys, NonAdditiveDimension nonAdditive, Moved? moved, DateOnly? start, DateOnly? end)
    {
        var dimension = scan.Model.FindDimension(nonAdditive.Name)!;
        var moment = source.Column(scan.Model.Name, dimension.Expr, dimension.Name);
        var groups = nonAdditive.Groupings
            .Select(name => scan.Model.FindEntity(name) is { } entity
                ? source.Column(scan.Model.Name, entity.Expr, entity.Name)
                : source.Column(scan.Model.Name, scan.Model.FindDimension(name)?.Expr ?? name, name))
            .Concat(scan.Keys
                .Where(key => key.Element.IsMetricTime || (key.Element.Alias == scan.Model.Name && key.Element.Name == nonAdditive.Name))
                .Select(key => Element(key.Element, moved)))
            .ToArray();
        var over = groups.Length == 0 ? "()" : $"(partition by {string.Join(", ", groups)})";

        var rows = new SelectSql();
        rows.Columns.AddRange(keys.Columns);
        rows.Columns.AddRange(scan.Values.Select((value, at) => $"{Expr(value.Measure)} as value_{at + 1}"));
        rows.Columns.Add($"{moment} as moment");
        rows.Columns.Add($"{(nonAdditive.First ? "min" : "max")}({moment}) over {over} as chosen_moment");
        Read(rows, moved, start, end);

        var select = new SelectSql { From = $"(\n  {rows.ToString(2)}\n) as moments", GroupBy = keys.GroupBy };
        select.Columns.AddRange(keys.Columns.Select(column => column[(column.LastIndexOf(" as ", StringComparison.Ordinal) + 4)..]));
        select.Columns.AddRange(scan.Values.Select((value, at) =>
            $"{MeasureSql.Aggregate(value.Measure, $"value_{at + 1}")} as {SqlName.Quote(value.Column)}"));
        select.Where.Add("moment = chosen_moment");
        return select;
    }

    private SelectSql Read(SelectSql select, Moved? moved, DateOnly? start, DateOnly? end)
    {
        select.Where.AddRange(Range(moved, start, end));
        select.Where.AddRange(scan.RowFilters.Select(Filters(moved).Write));
        select.Joins.AddRange(source.Joins());
        select.From = source.From();
        return select;
    }

    /// <summary>Each period shows another's value: the base is computed by period, then looked up.</summary>
    private IEnumerable<(string, SelectSql)> Shifted(LookedUp lookedUp)
    {
        var select = new SelectSql();
        select.Columns.Add($"{TimeSql.Cut(Time(), scan.Time.DataType, lookedUp.Grain)} as {FactTime}");
        select.Columns.AddRange(OtherKeys().Select(key => $"{Element(key.Element, null)} as {SqlName.Quote(key.Column)}"));
        DateOnly? from = scan.Start is { } start
            ? TimeSql.Cut(ToGrain(TimeSql.Move(start, -lookedUp.Months, -lookedUp.Days)), lookedUp.Grain)
            : null;
        var baseName = $"{scan.Name}_by_{lookedUp.Grain.Name()}";
        yield return (baseName, Aggregated(select, null, from, Until));

        var moved = TimeSql.Move(Period, DataType.Date, -lookedUp.Months, -lookedUp.Days);
        var sought = lookedUp.ToGrain is { } grain ? (Sql: TimeSql.Cut(moved.Sql, moved.Type, grain), Type: DataType.Date) : moved;
        var found = FromPeriods(lookedUp.Grain, baseName, FactTime, lookedUp.Months, lookedUp.Days);
        found.Joins.Add($"join {SqlName.Quote(baseName)} as found\n  on found.{FactTime} = {TimeSql.Cut(sought.Sql, sought.Type, lookedUp.Grain)}");
        found.Columns.AddRange(scan.Values.Select(value => $"found.{SqlName.Quote(value.Column)}"));
        yield return (scan.Name, found);

        DateOnly ToGrain(DateOnly day) => lookedUp.ToGrain is { } to ? TimeSql.Cut(day, to) : day;
    }

    /// <summary>The groups and, for periods without any, a row of nulls.</summary>
    private IEnumerable<(string, SelectSql)> WithEveryPeriod(TimeGrain finest)
    {
        var baseName = $"{scan.Name}_found";
        yield return (baseName, Rows(scan.Timing as Moved));
        var column = SqlName.Quote(scan.Keys.First(key => key.Element.IsMetricTime && key.Element.Grain == finest).Column);
        var select = FromPeriods(finest, baseName, column, 0, 0);
        select.Joins.Add($"left join {SqlName.Quote(baseName)} as found\n  on found.{column} = {Period}");
        select.Columns.AddRange(scan.Values.Select(value => $"found.{SqlName.Quote(value.Column)}"));
        yield return (scan.Name, select);
    }

    /// <summary>A select over the periods that the answer lists, with all keys as columns; <c>found</c> is joined by the caller.</summary>
    private SelectSql FromPeriods(TimeGrain grain, string baseName, string timeColumn, int months, int days)
    {
        var first = TimeSql.Move($"min({timeColumn})", DataType.Date, months, days);
        var lower = $"(select {TimeSql.Cut(first.Sql, first.Type, grain)} from {SqlName.Quote(baseName)})";
        if (scan.JoinToTimespine && scan.Start is { } start)
        {
            lower = $"{parameters.Add(TimeSql.Cut(start, grain), NpgsqlDbType.Date)}";
        }

        var upper = Until is { } until ? parameters.Add(until, NpgsqlDbType.Date) : $"(select max({timeColumn}) from {SqlName.Quote(baseName)})";
        var select = new SelectSql { From = Series(lower, upper, grain) };
        select.Columns.AddRange(scan.Keys.Select(key => key.Element.IsMetricTime
            ? $"{Element(OnPeriods(key.Element), null)} as {SqlName.Quote(key.Column)}"
            : $"found.{SqlName.Quote(key.Column)}"));
        if (scan.Start is { } from)
        {
            select.Where.Add($"{Period} >= {parameters.Add(TimeSql.Cut(from, grain), NpgsqlDbType.Date)}");
        }

        select.Where.AddRange(scan.TimeFilters.Select(Filters(null).Write));
        return select;
    }

    private static string Series(string lower, string upper, TimeGrain grain)
    {
        var step = grain == TimeGrain.Quarter ? "3 months" : $"1 {grain.Name()}";
        return $"(\n  select day::date as {ScanBuilder.PeriodColumn}\n" +
            $"  from generate_series({lower}::timestamp, {upper}::timestamp, interval '{step}') as day\n) as {ScanBuilder.PeriodAlias}";
    }

    private static BoundElement OnPeriods(BoundElement element) =>
        element with { Alias = ScanBuilder.PeriodAlias, Expr = ScanBuilder.PeriodColumn, RawType = DataType.Date };

    private IEnumerable<ScanKey> OtherKeys() => scan.Keys.Where(key => !key.Element.IsMetricTime);

    private string Time() => source.Column(scan.Model.Name, scan.Time.Expr, scan.Time.Name);

    private string Expr(Measure measure) => source.Column(scan.Model.Name, measure.Expr, measure.Name);

    private string Element(BoundElement element, Moved? moved)
    {
        var (sql, type) = (source.Column(element.Alias, element.Expr, element.Name), element.RawType);
        if (element.IsMetricTime && moved is not null)
        {
            (sql, type) = TimeSql.Move(sql, type, moved.Months, moved.Days);
        }

        return element.Part is { } part ? TimeSql.Extract(sql, type, part)
            : element.Grain is { } grain ? TimeSql.Cut(sql, type, grain)
            : type == DataType.Other ? $"{sql}::text"
            : type == DataType.TimestampTz ? TimeSql.Timestamp(sql, type)
            : sql;
    }

    /// <summary>Conditions for the days from start to end, both included, on the fact's time as it is stored.</summary>
    private IEnumerable<string> Range(Moved? moved, DateOnly? start, DateOnly? end)
    {
        var (sql, type) = (Time(), scan.Time.DataType);
        if (moved is { Months: 0 })
        {
            start = start is { } from ? TimeSql.Move(from, 0, -moved.Days) : null;
            end = end is { } to ? TimeSql.Move(to, 0, -moved.Days) : null;
        }
        else if (moved is not null)
        {
            (sql, type) = TimeSql.Move(sql, type, moved.Months, moved.Days);
        }

        if (start is { } first)
        {
            yield return $"{sql} >= {Day(first, type)}";
        }

        if (end is { } last)
        {
            yield return type == DataType.Date
                ? $"{sql} <= {Day(last, type)}"
                : last == DateOnly.MaxValue ? "true" : $"{sql} < {Day(last.AddDays(1), type)}";
        }
    }

    /// <summary>The day's first moment as the column's type has it.</summary>
    private string Day(DateOnly day, DataType type) => type switch
    {
        DataType.Date => parameters.Add(day, NpgsqlDbType.Date),
        DataType.TimestampTz => parameters.Add(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), NpgsqlDbType.TimestampTz),
        _ => parameters.Add(day.ToDateTime(TimeOnly.MinValue), NpgsqlDbType.Timestamp),
    };
}
