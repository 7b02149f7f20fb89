using Microsoft.OData.Edm;
using NpgsqlTypes;
using Platform.Metrics.Sql;

namespace Platform.Api.OData.Sql;

/// <summary>Literals as parameters.</summary>
internal static class LiteralSql
{
    public static string Write(object? value, SqlParameters parameters) => value switch
    {
        null => "null",
        string text => parameters.Add(text.Contains('\0', StringComparison.Ordinal) ? throw ODataFault.Bad("A text has no character 0.") : text, NpgsqlDbType.Text),
        bool truth => parameters.Add(truth, NpgsqlDbType.Boolean),
        byte or sbyte or short or int or long => parameters.Add(System.Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture), NpgsqlDbType.Bigint),
        decimal number => parameters.Add(number, NpgsqlDbType.Numeric),
        float number => parameters.Add((double)number, NpgsqlDbType.Double),
        double number => parameters.Add(number, NpgsqlDbType.Double),
        Guid id => parameters.Add(id, NpgsqlDbType.Uuid),
        DateTimeOffset time => parameters.Add(time.ToUniversalTime(), NpgsqlDbType.TimestampTz),
        DateOnly day => parameters.Add(day, NpgsqlDbType.Date),
#pragma warning disable CS0618 // What version 8 of the library parses literals to.
        Date day => parameters.Add(new DateOnly(day.Year, day.Month, day.Day), NpgsqlDbType.Date),
        TimeOnly time => parameters.Add(time, NpgsqlDbType.Time),
        TimeOfDay time => parameters.Add(new TimeOnly(time.Ticks), NpgsqlDbType.Time),
#pragma warning restore CS0618
        TimeSpan length => parameters.Add(length, NpgsqlDbType.Interval),
        byte[] bytes => parameters.Add(bytes, NpgsqlDbType.Bytea),
        _ => throw ODataFault.NotImplemented($"Literals of the type {value.GetType().Name} are not answered here."),
    };
}
