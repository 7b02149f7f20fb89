namespace Platform.Metrics.Catalogue;

/// <summary>Type of a value, as far as filters, arithmetic and result formats tell types apart.</summary>
internal enum DataType
{
    Text,
    Integer,
    Decimal,
    Double,
    Boolean,
    Date,
    Timestamp,

    /// <summary>A moment; read as UTC.</summary>
    TimestampTz,

    /// <summary>Anything else: shown and compared as text.</summary>
    Other,
}

internal static class DataTypes
{
    public static DataType FromPostgres(string name)
    {
        var parenthesis = name.IndexOf('(', StringComparison.Ordinal);
        return (parenthesis < 0 ? name : name[..parenthesis]).Trim() switch
        {
            "text" or "character varying" or "character" or "varchar" or "bpchar" or "name" => DataType.Text,
            "smallint" or "integer" or "bigint" => DataType.Integer,
            "numeric" => DataType.Decimal,
            "real" or "double precision" => DataType.Double,
            "boolean" => DataType.Boolean,
            "date" => DataType.Date,
            "timestamp with time zone" => DataType.TimestampTz,
            "timestamp without time zone" => DataType.Timestamp,
            _ => DataType.Other,
        };
    }

    public static bool IsNumber(this DataType type) => type is DataType.Integer or DataType.Decimal or DataType.Double;

    public static bool IsTime(this DataType type) => type is DataType.Date or DataType.Timestamp or DataType.TimestampTz;

    public static bool IsText(this DataType type) => type is DataType.Text or DataType.Other;

    /// <summary>The name in the API's column metadata.</summary>
    public static string Name(this DataType type) => type switch
    {
        DataType.Integer => "integer",
        DataType.Decimal => "decimal",
        DataType.Double => "double",
        DataType.Boolean => "boolean",
        DataType.Date => "date",
        DataType.Timestamp or DataType.TimestampTz => "timestamp",
        _ => "string",
    };

    /// <summary>The type of that name in the API's column metadata.</summary>
    public static DataType FromName(string name) => name switch
    {
        "integer" => DataType.Integer,
        "decimal" => DataType.Decimal,
        "double" => DataType.Double,
        "boolean" => DataType.Boolean,
        "date" => DataType.Date,
        "timestamp" => DataType.TimestampTz,
        _ => DataType.Text,
    };

    /// <summary>The type that a column of this type has in SQL; sums of integers are wider than their terms.</summary>
    public static string SqlName(this DataType type) => type switch
    {
        DataType.Integer or DataType.Decimal => "numeric",
        DataType.Double => "double precision",
        DataType.Boolean => "boolean",
        DataType.Date => "date",
        DataType.Timestamp => "timestamp",
        DataType.TimestampTz => "timestamptz",
        _ => "text",
    };
}
