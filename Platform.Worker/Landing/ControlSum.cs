using System.Buffers.Text;
using System.Globalization;

namespace Platform.Worker.Landing;

/// <summary>Running total of a column, exact: whole numbers of the last digit.</summary>
internal sealed class ControlSum
{
    private static readonly long[] PowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    private long _unscaled;
    private int _scale;

    /// <summary>Adds <paramref name="value"/> / 10^<paramref name="valueScale"/>. All values of a column have the same scale.</summary>
    public void Add(long value, int valueScale)
    {
        _scale = valueScale;
        _unscaled = checked(_unscaled + value);
    }

    /// <summary>Adds a value as it stands in a file, if it is a number.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out decimal value, out var consumed) && consumed == text.Length)
        {
            _unscaled = checked(_unscaled + (long)(value * PowerOfTen(_scale)));
        }
    }

    /// <summary>The total with the column's decimals: <c>123.45</c>.</summary>
    public override string ToString() =>
        (_unscaled / (decimal)PowerOfTen(_scale)).ToString(_scale == 0 ? "F0" : $"F{_scale}", CultureInfo.InvariantCulture);

    /// <summary>10 to the power of <paramref name="scale"/>, up to 8.</summary>
    public static long PowerOfTen(int scale) => PowersOfTen[scale];
}
