using System.Globalization;
using NpgsqlTypes;

namespace Platform.Metrics.Sql;

/// <summary>Constants in the text of a definition that takes no parameters, each with its type.</summary>
internal static class SqlLiteral
{
    /// <exception cref="ArgumentException">The type is none that plans have.</exception>
    public static string Write(object value, NpgsqlDbType type) => value is Array values
        ? $"array[{string.Join(", ", values.Cast<object>().Select(Quoted))}]::{Name(type & ~NpgsqlDbType.Array)}[]"
        : $"{Quoted(value)}::{Name(type)}";

    // Without an E before it a backslash in a literal is one (standard_conforming_strings).
    private static string Quoted(object value) => $"'{Text(value).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Text(object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Utc } time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Bigint => "bigint",
        NpgsqlDbType.Numeric => "numeric",
        NpgsqlDbType.Double => "double precision",
        NpgsqlDbType.Boolean => "boolean",
        NpgsqlDbType.Date => "date",
        NpgsqlDbType.TimestampTz => "timestamp with time zone",
        NpgsqlDbType.Timestamp => "timestamp without time zone",
        NpgsqlDbType.Text => "text",
        _ => throw new ArgumentException($"{type} is no type of a constant.", nameof(type)),
    };
}
