using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>A column's <c>logicalType</c> and <c>physicalType</c>.</summary>
internal static partial class ColumnTypes
{
    /// <summary>Most digits of a numeric column: a scaled value fits 64 bits.</summary>
    public const int MaxPrecision = 18;

    /// <summary>The column with its type; null, and a report, when the type is not implemented.</summary>
    public static ContractColumn? Read(ContractNode property, ContractColumn column)
    {
        var logical = property.RequiredText("logicalType");
        var physical = (property.Text("physicalType") ?? "").ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
        var numeric = NumericType().Match(physical);
        var typed = (logical, physical) switch
        {
            ("string", "" or "text" or "varchar") => column with { Type = ColumnType.Text },
            ("integer", "integer" or "int" or "int4") => column with { Type = ColumnType.Integer },
            ("integer", "" or "bigint" or "int8") => column with { Type = ColumnType.BigInt },
            ("date", "" or "date") => column with { Type = ColumnType.Date },
            ("timestamp", "" or "timestamptz" or "timestampwithtimezone") => column with { Type = ColumnType.Timestamp },
            ("boolean", "" or "boolean" or "bool") => column with { Type = ColumnType.Boolean },
            ("number", _) when numeric.Success => column with
            {
                Type = ColumnType.Numeric,
                Precision = int.Parse(numeric.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
                Scale = int.Parse(numeric.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
            },
            _ => null,
        };
        if (typed is null)
        {
            property.Report(
                property.Has("physicalType") ? "physicalType" : "logicalType",
                $"column '{column.Name}': logicalType '{logical}' with physicalType '{physical}' is not implemented. Implemented: string text, " +
                "integer integer|bigint, number numeric(p,s), date date, timestamp timestamptz, boolean boolean.");
            return null;
        }

        if (typed.Type == ColumnType.Numeric && (typed.Precision is < 1 or > MaxPrecision || typed.Scale > typed.Precision))
        {
            property.Report(
                "physicalType", $"column '{column.Name}': {physical} is not implemented; expected 1 to {MaxPrecision} digits, of which 0 to all decimals.");
            return null;
        }

        return typed;
    }

    [GeneratedRegex("^(?:numeric|decimal)\\(([0-9]{1,3}),([0-9]{1,3})\\)$")]
    private static partial Regex NumericType();
}
