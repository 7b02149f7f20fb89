using System.Globalization;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>The <c>format</c> of a whole number, as the limits that it stands for.</summary>
internal static class NumberFormats
{
    private static readonly Dictionary<string, (long Minimum, long Maximum)> Ranges = new(StringComparer.Ordinal)
    {
        ["i8"] = (sbyte.MinValue, sbyte.MaxValue),
        ["i16"] = (short.MinValue, short.MaxValue),
        ["i32"] = (int.MinValue, int.MaxValue),
        ["i64"] = (long.MinValue, long.MaxValue),
        ["u8"] = (byte.MinValue, byte.MaxValue),
        ["u16"] = (ushort.MinValue, ushort.MaxValue),
        ["u32"] = (uint.MinValue, uint.MaxValue),
    };

    /// <summary>The column with the tighter of its own limits and the format's.</summary>
    public static ContractColumn Read(ContractNode options, ContractColumn column)
    {
        if (options.Text("format") is not { } format)
        {
            return column;
        }

        if (column.Type == ColumnType.Numeric || !Ranges.TryGetValue(format, out var range))
        {
            options.Report("format", column.Type == ColumnType.Numeric
                ? $"column '{column.Name}': format '{format}' is not implemented: remove it. Numbers are exact, of the digits that physicalType says."
                : $"column '{column.Name}': format '{format}' is not implemented. Implemented: {string.Join(", ", Ranges.Keys)}.");
            return column;
        }

        var (minimum, maximum) = RangeLimits.Of(column);
        return column with
        {
            Minimum = range.Minimum > minimum ? Limit(range.Minimum) : column.Minimum,
            Maximum = range.Maximum < maximum ? Limit(range.Maximum) : column.Maximum,
        };
    }

    private static Limit Limit(long value) => new(value.ToString(CultureInfo.InvariantCulture), Exclusive: false);
}
