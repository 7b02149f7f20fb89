using System.Collections.Frozen;

namespace Platform.Api.Metrics.Catalogue;

/// <summary>Everything that can be asked of one publication. Immutable; a new publication makes a new one.</summary>
internal sealed class MetricCatalogue
{
    private readonly FrozenDictionary<string, (SemanticModel Model, Measure Measure)> measures;

    public MetricCatalogue(Publication publication, IEnumerable<SemanticModel> models, IEnumerable<Metric> metrics, MartDescriptions marts)
    {
        Publication = publication;
        Models = models.ToFrozenDictionary(model => model.Name);
        Metrics = metrics.ToFrozenDictionary(metric => metric.Name);
        Marts = marts;
        Joins = new JoinGraph(Models);
        measures = Models.Values
            .SelectMany(model => model.Measures.Select(measure => (model, measure)))
            .GroupBy(pair => pair.measure.Name)
            .ToFrozenDictionary(group => group.Key, group => group.First());
    }

    public Publication Publication { get; }

    public FrozenDictionary<string, SemanticModel> Models { get; }

    public FrozenDictionary<string, Metric> Metrics { get; }

    public MartDescriptions Marts { get; }

    public JoinGraph Joins { get; }

    /// <summary>Measure names are unique over all semantic models.</summary>
    public (SemanticModel Model, Measure Measure)? FindMeasure(string name) =>
        measures.TryGetValue(name, out var found) ? found : null;
}
