using System.Globalization;
using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>A column's range as inclusive limits of the numbers that <see cref="FieldText"/> reads.</summary>
internal static class RangeLimits
{
    /// <summary>The column's limits; those of 64 bits where it has none.</summary>
    public static (long Minimum, long Maximum) Of(ContractColumn column)
    {
        var (minimum, maximum) = column.Type == ColumnType.Integer ? (int.MinValue, int.MaxValue) : (long.MinValue, long.MaxValue);
        if (column.Minimum is { } lower && TryValue(column, lower.Text, out var value))
        {
            // The smallest whole value that is not below the limit, or above it.
            minimum = Clamp(lower.Exclusive ? decimal.Floor(value) + 1 : decimal.Ceiling(value));
        }

        if (column.Maximum is { } upper && TryValue(column, upper.Text, out value))
        {
            maximum = Clamp(upper.Exclusive ? decimal.Ceiling(value) - 1 : decimal.Floor(value));
        }

        return (minimum, maximum);
    }

    /// <summary>The number that stands for a limit of the column; numerics may have more decimals than the column.</summary>
    public static bool TryValue(ContractColumn column, string text, out decimal value)
    {
        value = 0;
        switch (column.Type)
        {
            case ColumnType.Integer or ColumnType.BigInt or ColumnType.Numeric:
                if (!decimal.TryParse(
                    text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
                    || decimal.Abs(value) > long.MaxValue / FieldText.PowerOfTen(column.Scale))
                {
                    return false;
                }

                value *= FieldText.PowerOfTen(column.Scale);
                return true;
            case ColumnType.Date when FieldText.TryDate(Encoding.UTF8.GetBytes(text), out var days):
                value = days;
                return true;
            case ColumnType.Timestamp when FieldText.TryTimestamp(Encoding.UTF8.GetBytes(text), out var microseconds):
                value = microseconds;
                return true;
            default:
                return false;
        }
    }

    /// <summary>The number that a text of the column's type stands for, as contracts write it: decimal point, ISO 8601.</summary>
    public static bool TryRead(ContractColumn column, ReadOnlySpan<byte> text, out long value) => column.Type switch
    {
        ColumnType.Numeric => FieldText.TryNumeric(text, column.Precision, column.Scale, out value),
        ColumnType.Date => FieldText.TryDate(text, out value),
        ColumnType.Timestamp => FieldText.TryTimestamp(text, out value),
        ColumnType.Integer => FieldText.TryInteger(text, out value) && value is >= int.MinValue and <= int.MaxValue,
        _ => FieldText.TryInteger(text, out value),
    };

    private static long Clamp(decimal value) => value < long.MinValue ? long.MinValue : value > long.MaxValue ? long.MaxValue : (long)value;
}
