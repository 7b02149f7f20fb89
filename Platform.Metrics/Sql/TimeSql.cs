using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Sql;

/// <summary>Times in SQL. Moments are read as UTC explicitly: the session's time zone does not reach every server of a distributed one.</summary>
internal static class TimeSql
{
    /// <summary>The time cut to a grain: a date for days and longer, else a timestamp.</summary>
    public static string Cut(string sql, DataType type, TimeGrain grain)
    {
        if (type == DataType.Date)
        {
            return grain < TimeGrain.Day ? $"{sql}::timestamp"
                : grain == TimeGrain.Day ? sql
                : $"date_trunc('{grain.Name()}', {sql}::timestamp)::date";
        }

        var timestamp = Timestamp(sql, type);
        return grain == TimeGrain.Day ? $"{timestamp}::date"
            : grain > TimeGrain.Day ? $"date_trunc('{grain.Name()}', {timestamp})::date"
            : $"date_trunc('{grain.Name()}', {timestamp})";
    }

    public static string Extract(string sql, DataType type, DatePart part) =>
        $"extract({(part == DatePart.Dow ? "isodow" : part.Name())} from {Timestamp(sql, type)})::integer";

    /// <summary>The time moved later, or earlier by negative numbers, and its type then.</summary>
    public static (string Sql, DataType Type) Move(string sql, DataType type, TimeShift shift) =>
        shift.IsNone ? (sql, type)
        : shift is { Months: 0, Seconds: 0 } && type == DataType.Date ? ($"({sql} {(shift.Days < 0 ? '-' : '+')} {Math.Abs((long)shift.Days)})", type)
        : ($"({Timestamp(sql, type)} + interval '{Text(shift)}')", DataType.Timestamp);

    private static string Text(TimeShift shift) => string.Join(
        ' ',
        new[] { (shift.Months, "months"), (shift.Days, "days"), (shift.Seconds, "seconds") }
            .Where(part => part.Item1 != 0)
            .Select(part => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{part.Item1} {part.Item2}")));

    /// <summary>The time as a timestamp without zone, in UTC.</summary>
    public static string Timestamp(string sql, DataType type) => type switch
    {
        DataType.TimestampTz => $"({sql} at time zone 'UTC')",
        DataType.Timestamp => sql,
        _ => $"{sql}::timestamp",
    };

    /// <summary>The first day of the period that the day falls in.</summary>
    public static DateOnly Cut(DateOnly day, TimeGrain grain) => grain switch
    {
        TimeGrain.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        TimeGrain.Month => new DateOnly(day.Year, day.Month, 1),
        TimeGrain.Quarter => new DateOnly(day.Year, day.Month - ((day.Month - 1) % 3), 1),
        TimeGrain.Year => new DateOnly(day.Year, 1, 1),
        _ => day,
    };

    /// <summary>The last day of the period that the day falls in.</summary>
    public static DateOnly Last(DateOnly day, TimeGrain grain)
    {
        var first = Cut(day, grain);
        return grain switch
        {
            TimeGrain.Week => Move(first, 0, 6),
            TimeGrain.Month => Move(Move(first, 1, 0), 0, -1),
            TimeGrain.Quarter => Move(Move(first, 3, 0), 0, -1),
            TimeGrain.Year => Move(Move(first, 12, 0), 0, -1),
            _ => day,
        };
    }

    /// <summary>The day moved; parts of a day count as one that is begun.</summary>
    public static DateOnly Move(DateOnly day, TimeShift shift) =>
        Move(day, shift.Months, shift.Days + (int)Math.Floor(shift.Seconds / 86_400.0));

    /// <summary>The day moved, kept within the calendar.</summary>
    public static DateOnly Move(DateOnly day, int months, int days)
    {
        var month = (day.Year * 12L) + day.Month - 1 + months;
        if (month is < 12 or > (9999L * 12) + 11)
        {
            return months < 0 ? DateOnly.MinValue : DateOnly.MaxValue;
        }

        var number = (long)day.AddMonths(months).DayNumber + days;
        return DateOnly.FromDayNumber((int)Math.Clamp(number, DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber));
    }
}
