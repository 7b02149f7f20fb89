using System.Collections.Immutable;
using System.Text.Json;

namespace Platform.Metrics.Catalogue;

/// <summary>
/// Turns a published semantic manifest into semantic models and metrics, with every reference in it checked. What is wrong with one metric or
/// model is said when that one is asked for; the others answer.
/// </summary>
internal static class CatalogueReader
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        PropertyNameCaseInsensitive = true,
    };

    /// <exception cref="CatalogueException">The manifest is not of the expected shape, or a name is given twice.</exception>
    public static Definitions Read(string json)
    {
        SemanticManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<SemanticManifest>(json, Options)!;
        }
        catch (JsonException exception)
        {
            throw new CatalogueException([$"semantic_manifest: {exception.Message}"]);
        }

        var models = manifest.SemanticModels.Select(SemanticModelReader.Read).ToImmutableArray();
        var metrics = manifest.Metrics.Select(MetricReader.Read).ToImmutableArray();
        var spines = TimeSpineReader.Read(manifest.ProjectConfiguration);
        var queries = manifest.SavedQueries.Select(SavedQueryReader.Read).ToImmutableArray();
        string[] doubles =
        [
            .. Doubles("semantic model", models.Select(model => model.Name)),
            .. Doubles("measure", models.SelectMany(model => model.Measures).Select(measure => measure.Name)),
            .. Doubles("metric", metrics.Select(metric => metric.Name)),
            .. Doubles("saved query", queries.Select(query => query.Name)),
        ];
        return doubles.Length == 0
            ? new Definitions(models, Checked(models, metrics, spines), queries, spines) { Rollups = RollupReader.Read(manifest.Rollups, models) }
            : throw new CatalogueException(doubles);
    }

    /// <summary>The metrics, those that name what is not there or are defined by themselves as not computed.</summary>
    private static ImmutableArray<Metric> Checked(ImmutableArray<SemanticModel> models, ImmutableArray<Metric> metrics, ImmutableArray<TimeSpine> spines)
    {
        var calendars = spines.SelectMany(spine => spine.CustomGrains).Select(grain => grain.Name).ToHashSet();
        var measures = models.SelectMany(model => model.Measures).Select(measure => measure.Name).ToHashSet();
        var byName = metrics.ToDictionary(metric => metric.Name);
        return
        [
            .. metrics.Select(metric =>
            {
                string[] faults =
                [
                    .. MeasuresOf(metric.Definition).Where(input => !input.IsMetric && !measures.Contains(input.Measure))
                        .Select(input => $"measure '{input.Measure}' is not defined."),
                    .. MeasuresOf(metric.Definition)
                        .Where(input => input.IsMetric && byName.GetValueOrDefault(input.Measure)?.Definition is not SimpleMetric)
                        .Select(input => $"'{input.Measure}' is no simple metric."),
                    .. InputsOf(metric.Definition).Where(input => !byName.ContainsKey(input.Metric))
                        .Select(input => $"metric '{input.Metric}' is not defined."),
                    .. WindowsOf(metric.Definition).Where(window => window.CustomGrain is { } grain && !calendars.Contains(grain))
                        .Select(window => $"'{window.CustomGrain}' is no grain; known are {string.Join(", ", TimeGrainNames.All.Concat(calendars))}."),
                    .. IsCyclic(metric, byName, []) ? ["it is defined by itself."] : Array.Empty<string>(),
                ];
                return faults.Length == 0 ? metric : metric with { Definition = new UnsupportedMetric(metric.Definition.Type, string.Join(" ", faults)) };
            }),
        ];
    }

    private static IEnumerable<string> Doubles(string what, IEnumerable<string> names) =>
        names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => $"{what} '{group.Key}' is defined {group.Count()} times.");

    private static IEnumerable<MeasureInput> MeasuresOf(MetricDefinition definition) => definition switch
    {
        SimpleMetric simple => [simple.Measure],
        CumulativeMetric cumulative => [cumulative.Measure],
        ConversionMetric conversion => [conversion.Base, conversion.Conversion],
        _ => [],
    };

    private static IEnumerable<TimeWindow> WindowsOf(MetricDefinition definition) =>
        new[] { (definition as CumulativeMetric)?.Window, (definition as ConversionMetric)?.Window }
            .Concat(InputsOf(definition).Select(input => input.OffsetWindow)).OfType<TimeWindow>();

    private static IEnumerable<MetricInput> InputsOf(MetricDefinition definition) => definition switch
    {
        RatioMetric ratio => [ratio.Numerator, ratio.Denominator],
        DerivedMetric derived => derived.Inputs,
        _ => [],
    };

    private static bool IsCyclic(Metric metric, Dictionary<string, Metric> byName, ImmutableHashSet<string> path) =>
        path.Contains(metric.Name) || InputsOf(metric.Definition)
            .Any(input => byName.TryGetValue(input.Metric, out var next) && IsCyclic(next, byName, path.Add(metric.Name)));
}

/// <summary>What a semantic manifest defines.</summary>
internal sealed record Definitions(
    ImmutableArray<SemanticModel> Models, ImmutableArray<Metric> Metrics, ImmutableArray<SavedQuery> SavedQueries, ImmutableArray<TimeSpine> TimeSpines)
{
    public ImmutableArray<Rollup> Rollups { get; init; } = [];
}
