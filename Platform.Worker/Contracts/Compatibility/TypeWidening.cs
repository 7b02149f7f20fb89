namespace Platform.Worker.Contracts.Compatibility;

/// <summary>Which types of a column hold every value of another.</summary>
internal static class TypeWidening
{
    private const int DigitsOfInteger = 10;

    /// <summary>Whether a column can become another one's type and keep all its values.</summary>
    /// <param name="present">The type it has, as <see cref="ContractColumn.SqlType"/> or PostgreSQL's <c>format_type</c> writes it.</param>
    /// <param name="column">The column with the type that it gets.</param>
    public static bool IsWider(string present, ContractColumn column)
    {
        if (present == "integer")
        {
            return column.Type == ColumnType.BigInt
                || (column.Type == ColumnType.Numeric && column.Precision - column.Scale >= DigitsOfInteger);
        }

        if (column.Type != ColumnType.Numeric || !present.StartsWith("numeric(", StringComparison.Ordinal))
        {
            return false;
        }

        var digits = present["numeric(".Length..^1].Split(',').Select(int.Parse).ToArray();
        return column.Scale >= digits[1] && column.Precision - column.Scale >= digits[0] - digits[1];
    }
}
