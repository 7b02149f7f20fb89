using System.Globalization;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quality;

/// <summary>The limits of a quality rule: whether a number keeps them, and how they read.</summary>
internal static class QualityLimits
{
    public static bool IsKeptBy(this QualityRule rule, decimal measured) => rule.Comparison switch
    {
        QualityComparison.Equal => measured == rule.Limit,
        QualityComparison.NotEqual => measured != rule.Limit,
        QualityComparison.GreaterThan => measured > rule.Limit,
        QualityComparison.GreaterOrEqual => measured >= rule.Limit,
        QualityComparison.LessThan => measured < rule.Limit,
        QualityComparison.LessOrEqual => measured <= rule.Limit,
        QualityComparison.Between => measured >= rule.Limit && measured <= rule.UpperLimit,
        _ => measured < rule.Limit || measured > rule.UpperLimit,
    };

    public static string Expected(this QualityRule rule)
    {
        var unit = rule.IsPercent ? " %" : "";
        return rule.Comparison switch
        {
            QualityComparison.Equal => $"= {Text(rule.Limit)}{unit}",
            QualityComparison.NotEqual => $"<> {Text(rule.Limit)}{unit}",
            QualityComparison.GreaterThan => $"> {Text(rule.Limit)}{unit}",
            QualityComparison.GreaterOrEqual => $">= {Text(rule.Limit)}{unit}",
            QualityComparison.LessThan => $"< {Text(rule.Limit)}{unit}",
            QualityComparison.LessOrEqual => $"<= {Text(rule.Limit)}{unit}",
            QualityComparison.Between => $"{Text(rule.Limit)} to {Text(rule.UpperLimit)}{unit}",
            _ => $"outside {Text(rule.Limit)} to {Text(rule.UpperLimit)}{unit}",
        };
    }

    private static string Text(decimal? limit) => limit?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}
