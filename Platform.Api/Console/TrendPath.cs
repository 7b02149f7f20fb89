using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Platform.Api.Console;

/// <summary>The line of a small chart, in the units of its view box.</summary>
internal sealed class TrendPath
{
    public const int Width = 300;
    public const int Height = 64;

    private const int Margin = 5;

    public TrendPath(ImmutableArray<HeadlineDay> days)
    {
        var known = days.Where(day => day.Value is not null).Select(day => day.Value!.Value).ToArray();
        if (known.Length == 0)
        {
            return;
        }

        var (low, high) = (known.Min(), known.Max());
        var points = new List<(int At, string X, string Y)>();
        for (var at = 0; at < days.Length; at++)
        {
            if (days[at].Value is { } value)
            {
                points.Add((at, Text(X(at, days.Length)), Text(Y(value, low, high))));
            }
        }

        // Days without a value leave a gap.
        var line = new StringBuilder();
        var area = new StringBuilder();
        for (var from = 0; from < points.Count;)
        {
            var to = from;
            while (to + 1 < points.Count && points[to + 1].At == points[to].At + 1)
            {
                to++;
            }

            var run = string.Join(' ', points[from..(to + 1)].Select(point => $"{point.X},{point.Y}"));
            line.Append(CultureInfo.InvariantCulture, $"M{run} ");
            area.Append(CultureInfo.InvariantCulture, $"M{points[from].X},{Height} L{run} L{points[to].X},{Height}Z ");
            from = to + 1;
        }

        Line = line.ToString().Trim();
        Area = area.ToString().Trim();
        Last = (points[^1].X, points[^1].Y);
        (Low, High) = (low, high);
    }

    public string Line { get; } = "";

    public string Area { get; } = "";

    /// <summary>Where the newest value is; null without any.</summary>
    public (string X, string Y)? Last { get; }

    public decimal? Low { get; }

    public decimal? High { get; }

    /// <summary>The strip of one day, for its tooltip.</summary>
    public static (string X, string Width) Strip(int at, int count)
    {
        var width = (double)Width / Math.Max(1, count - 1);
        return (Text(X(at, count) - (width / 2)), Text(width));
    }

    private static double X(int at, int count) => at * (double)Width / Math.Max(1, count - 1);

    private static double Y(decimal value, decimal low, decimal high) =>
        high == low ? Height / 2.0 : Height - Margin - 3 - ((double)((value - low) / (high - low)) * (Height - (2 * Margin) - 6));

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
