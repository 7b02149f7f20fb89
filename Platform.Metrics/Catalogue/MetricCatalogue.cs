using System.Collections.Frozen;
using System.Collections.Immutable;
using Platform.Metrics.Query;

namespace Platform.Metrics.Catalogue;

/// <summary>Everything that can be asked of one publication. Immutable; a new publication makes a new one.</summary>
internal sealed class MetricCatalogue
{
    private readonly FrozenDictionary<string, (SemanticModel Model, Measure Measure)> measures;

    public MetricCatalogue(Publication publication, Definitions definitions, MartDescriptions marts)
    {
        Publication = publication;
        Models = definitions.Models.ToFrozenDictionary(model => model.Name);
        Metrics = definitions.Metrics.ToFrozenDictionary(metric => metric.Name);
        SavedQueries = definitions.SavedQueries.ToFrozenDictionary(query => query.Name);
        TimeSpines = definitions.TimeSpines;
        Rollups = [.. definitions.Rollups.OrderBy(rollup => rollup.Bytes)];
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

    public FrozenDictionary<string, SavedQuery> SavedQueries { get; }

    public ImmutableArray<TimeSpine> TimeSpines { get; }

    /// <summary>Tables of aggregates, the smallest first.</summary>
    public ImmutableArray<Rollup> Rollups { get; }

    public MartDescriptions Marts { get; }

    public JoinGraph Joins { get; }

    /// <summary>The same, answered from the facts alone.</summary>
    public MetricCatalogue WithoutRollups() =>
        new(Publication, new Definitions([.. Models.Values], [.. Metrics.Values], [.. SavedQueries.Values], TimeSpines), Marts);

    /// <summary>Grains of the project's own calendars.</summary>
    public IEnumerable<CustomGrain> CustomGrains => TimeSpines.SelectMany(spine => spine.CustomGrains);

    public CustomGrain? FindCustomGrain(string name) => CustomGrains.FirstOrDefault(grain => grain.Name == name);

    /// <summary>The coarsest time spine whose days or periods make up those of the grain.</summary>
    public TimeSpine? SpineFor(TimeGrain grain) => TimeSpines.Where(spine => spine.Grain <= grain && spine.Fault is null).MaxBy(spine => spine.Grain);

    /// <summary>The metric; null when there is none, or it is not the reader's to see: who may not see it learns nothing of it.</summary>
    public Metric? FindMetric(string name, ReaderPolicy reader) =>
        Metrics.TryGetValue(name, out var metric) && reader.MayRead(name, metric.Meta.Domain) ? metric : null;

    /// <summary>The metrics that the reader may see.</summary>
    public IEnumerable<Metric> MetricsFor(ReaderPolicy reader) => Metrics.Values.Where(metric => reader.MayRead(metric.Name, metric.Meta.Domain));

    /// <summary>Measure names are unique over all semantic models.</summary>
    public (SemanticModel Model, Measure Measure)? FindMeasure(string name) =>
        measures.TryGetValue(name, out var found) ? found : null;
}
