namespace Platform.Worker.Contracts.Parsing;

/// <summary>The operators of a quality rule: what its number is compared with.</summary>
internal static class QualityOperators
{
    private static readonly Dictionary<string, QualityComparison> Comparisons = new(StringComparer.Ordinal)
    {
        ["mustBe"] = QualityComparison.Equal,
        ["mustNotBe"] = QualityComparison.NotEqual,
        ["mustBeGreaterThan"] = QualityComparison.GreaterThan,
        ["mustBeGreaterOrEqualTo"] = QualityComparison.GreaterOrEqual,
        ["mustBeLessThan"] = QualityComparison.LessThan,
        ["mustBeLessOrEqualTo"] = QualityComparison.LessOrEqual,
        ["mustBeBetween"] = QualityComparison.Between,
        ["mustNotBeBetween"] = QualityComparison.NotBetween,
    };

    public static IReadOnlyCollection<string> Keys => Comparisons.Keys;

    /// <summary>The comparison of a rule; null, and a report, when there is not exactly one or its limits are no numbers.</summary>
    public static Limits? Read(ContractNode node)
    {
        var given = Comparisons.Keys.Where(node.Has).ToList();
        if (given is not [var key])
        {
            node.Report($"this quality rule has {given.Count} operators; expected one of {string.Join(", ", Keys)}.");
            return null;
        }

        var comparison = Comparisons[key];
        if (comparison is not (QualityComparison.Between or QualityComparison.NotBetween))
        {
            return node.Number(key) is { } limit ? new Limits(comparison, limit, null) : null;
        }

        if (node.Numbers(key, 2) is not { } limits)
        {
            return null;
        }

        if (limits[0] > limits[1])
        {
            node.Report(key, $"'{key}': the first number is the smaller one.");
        }

        return new Limits(comparison, limits[0], limits[1]);
    }

    internal sealed record Limits(QualityComparison Comparison, decimal Limit, decimal? Upper);
}
