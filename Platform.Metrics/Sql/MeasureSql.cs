using System.Globalization;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Sql;

/// <summary>Aggregates of measures.</summary>
internal static class MeasureSql
{
    /// <summary>The aggregate over rows.</summary>
    public static string Aggregate(Measure measure, string sql) => measure.Aggregation switch
    {
        Aggregation.Sum => $"sum({sql})",
        Aggregation.Min => $"min({sql})",
        Aggregation.Max => $"max({sql})",
        Aggregation.Average => $"avg({sql})",
        Aggregation.Count => IsConstant(sql) ? "count(*)" : $"count({sql})",
        Aggregation.CountDistinct => $"count(distinct {sql})",
        Aggregation.SumBoolean => $"sum(case when {sql} then 1 else 0 end)",
        Aggregation.Median => Percentile(measure, sql, 0.5m, discrete: false),
        _ => Percentile(measure, sql, measure.Percentile!.Fraction, measure.Percentile.Discrete),
    };

    /// <summary>The aggregate over aggregates of parts; null where it cannot be had from those.</summary>
    public static string? Combine(Aggregation aggregation, string sql) => aggregation switch
    {
        Aggregation.Sum or Aggregation.Count or Aggregation.SumBoolean => $"sum({sql})",
        Aggregation.Min => $"min({sql})",
        Aggregation.Max => $"max({sql})",
        _ => null,
    };

    /// <summary>An aggregate of the rows for which a condition holds; the cast of a percentile stands outside.</summary>
    public static string Filtered(string aggregate, string condition) => aggregate.EndsWith(")::numeric", StringComparison.Ordinal)
        ? $"({aggregate[1..^10]} filter (where {condition}))::numeric"
        : $"{aggregate} filter (where {condition})";

    public static bool CanCombine(Measure measure) => Combine(measure.Aggregation, "") is not null;

    // An interpolated percentile is computed in double precision; as a number it is given with the digits that hold.
    private static string Percentile(Measure measure, string sql, decimal fraction, bool discrete)
    {
        var percentile = $"percentile_{(discrete ? "disc" : "cont")}({fraction.ToString(CultureInfo.InvariantCulture)}) within group (order by {sql})";
        return discrete || measure.DataType == DataType.Double ? percentile : $"({percentile})::numeric";
    }

    private static bool IsConstant(string sql) => sql == "*" || sql.All(char.IsAsciiDigit);
}
