namespace Platform.Worker.Transform.Publish.Results;

/// <summary>What the publication changes about metrics.</summary>
internal sealed class MetricChanges
{
    /// <summary>Amounts that come to the values of their dates, or go from them.</summary>
    public List<(string Metric, DateOnly Date, int Sign, string Amount)> Amounts { get; } = [];

    /// <summary>Metrics of which every value is known anew.</summary>
    public List<string> Whole { get; } = [];

    public List<(string Metric, DateOnly Date, int Sign, string Amount)> Values { get; } = [];

    /// <summary>Metrics that are followed from here on, or with a null hash no longer.</summary>
    public List<FollowedMetric> Definitions { get; } = [];

    public void Add(IEnumerable<(string Metric, DateOnly Date, int Sign, string Amount)> amounts) => Amounts.AddRange(amounts);

    public void Replace(
        IEnumerable<AdditiveMetric> metrics, IEnumerable<(string Metric, DateOnly Date, int Sign, string Amount)> values, IEnumerable<AdditiveMetric> begun)
    {
        Whole.AddRange(metrics.Select(metric => metric.Name));
        Values.AddRange(values);
        Definitions.AddRange(begun.Select(FollowedMetric.Of));
    }

    public void Lose(IEnumerable<FollowedMetric> metrics) => Definitions.AddRange(metrics.Select(metric => metric with { Sha256 = null }));
}

/// <summary>A metric that is followed from a publication on, in a definition; without its hash, no longer.</summary>
internal sealed record FollowedMetric(string Name, string UniqueId, string? Label, string? Sha256)
{
    public static FollowedMetric Of(AdditiveMetric metric) => new(metric.Name, metric.Node.UniqueId, metric.Label, metric.DefinitionSha256);
}
