using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>adapter.get_column_schema_from_query()</c>: a query's columns with the types that Python's driver knows, which contracts compare. It does not
/// tell smallint from integer, nor varchar from text.
/// </summary>
internal static partial class QueryColumns
{
    public static Value Of(QueryResult result) =>
        ColumnValue.List(result.Columns.Zip(result.ColumnTypes, (name, type) => new ColumnInfo(name, DriverType(type))));

    private static string DriverType(string type)
    {
        var name = Size().Replace(type, "");
        return name.EndsWith("[]", StringComparison.Ordinal) ? $"{Scalar(name[..^2])}ARRAY"
            : Scalar(name) is "STRING" ? "TEXT"
            : Scalar(name);
    }

    private static string Scalar(string type) => type switch
    {
        "bigint" => "LONGINTEGER",
        "integer" or "smallint" => "INTEGER",
        "double precision" or "real" => "FLOAT",
        "numeric" => "DECIMAL",
        "text" or "character varying" or "character" or "name" or "\"char\"" or "bpchar" => "STRING",
        "boolean" => "BOOLEAN",
        "timestamp without time zone" or "timestamp" => "DATETIME",
        "timestamp with time zone" => "DATETIMETZ",
        "date" => "DATE",
        "time without time zone" or "time" or "time with time zone" => "TIME",
        "interval" => "INTERVAL",
        "bytea" => "BINARY",
        "json" => "JSON",
        "jsonb" => "JSONB",
        var other => other,
    };

    /// <summary>A length or precision, which PostgreSQL writes before "with time zone" and before "[]".</summary>
    [GeneratedRegex(@"\s*\([\d,\s]+\)")]
    private static partial Regex Size();
}
