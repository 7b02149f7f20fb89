using System.Collections.Immutable;
using System.Text.Json;

namespace Platform.Api.Metrics.Catalogue;

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
    public static (ImmutableArray<SemanticModel> Models, ImmutableArray<Metric> Metrics) Read(string json)
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
        string[] doubles =
        [
            .. Doubles("semantic model", models.Select(model => model.Name)),
            .. Doubles("measure", models.SelectMany(model => model.Measures).Select(measure => measure.Name)),
            .. Doubles("metric", metrics.Select(metric => metric.Name)),
        ];
        return doubles.Length == 0 ? (models, Checked(models, metrics)) : throw new CatalogueException(doubles);
    }

    /// <summary>The metrics, those that name what is not there or are defined by themselves as not computed.</summary>
    private static ImmutableArray<Metric> Checked(ImmutableArray<SemanticModel> models, ImmutableArray<Metric> metrics)
    {
        var measures = models.SelectMany(model => model.Measures).Select(measure => measure.Name).ToHashSet();
        var byName = metrics.ToDictionary(metric => metric.Name);
        return
        [
            .. metrics.Select(metric =>
            {
                string[] faults =
                [
                    .. MeasuresOf(metric.Definition).Where(name => !measures.Contains(name)).Select(name => $"measure '{name}' is not defined."),
                    .. InputsOf(metric.Definition).Where(input => !byName.ContainsKey(input.Metric))
                        .Select(input => $"metric '{input.Metric}' is not defined."),
                    .. IsCyclic(metric, byName, []) ? ["it is defined by itself."] : Array.Empty<string>(),
                ];
                return faults.Length == 0 ? metric : metric with { Definition = new UnsupportedMetric(metric.Definition.Type, string.Join(" ", faults)) };
            }),
        ];
    }

    private static IEnumerable<string> Doubles(string what, IEnumerable<string> names) =>
        names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => $"{what} '{group.Key}' is defined {group.Count()} times.");

    private static IEnumerable<string> MeasuresOf(MetricDefinition definition) => definition switch
    {
        SimpleMetric simple => [simple.Measure.Measure],
        CumulativeMetric cumulative => [cumulative.Measure.Measure],
        _ => [],
    };

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
