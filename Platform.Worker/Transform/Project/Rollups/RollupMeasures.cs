using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project.Rollups;

/// <summary>Takes metrics apart into the measures that they read, each with the filters on the way to it.</summary>
internal sealed class RollupMeasures(IReadOnlyDictionary<string, YamlValue> metrics, IReadOnlyList<RollupModel> models)
{
    private readonly Dictionary<string, (RollupModel Model, YamlValue Measure)> _measures = models
        .SelectMany(model => model.Measures.Select(measure => (model, measure))).Where(pair => pair.measure.Text("name") is not null)
        .GroupBy(pair => pair.measure.Text("name")!).ToDictionary(group => group.Key, group => group.First());

    internal sealed record Used(RollupModel Model, YamlValue Measure, IReadOnlyList<string> Filters);

    public IEnumerable<Used> Of(string metric) => Of(metric, [], []);

    /// <summary>Columns that hold a measure; none when it cannot be put together from parts.</summary>
    public static IEnumerable<RollupValue> Values(YamlValue measure)
    {
        if (measure["non_additive_dimension"] is not null)
        {
            yield break;
        }

        var (name, expr) = (measure.Text("name")!, RollupModel.Expr(measure));
        switch (measure.Text("agg")?.ToLowerInvariant())
        {
            case "sum" or "count" or "min" or "max" or "sum_boolean":
                yield return new RollupValue($"{measure.Text("agg")!.ToLowerInvariant()}_{name}", measure.Text("agg")!.ToLowerInvariant(), expr);
                break;
            case "average":
                yield return new RollupValue($"sum_{name}", "sum", expr);
                yield return new RollupValue($"count_{name}", "count", expr);
                break;
        }
    }

    private IEnumerable<Used> Of(string metric, IReadOnlyList<string> filters, IReadOnlyList<string> path)
    {
        if (path.Contains(metric) || !metrics.TryGetValue(metric, out var entry))
        {
            return [];
        }

        IReadOnlyList<string> own = [.. filters, .. Texts(entry["filter"])];
        var parameters = entry["type_params"];
        var inputs = new[] { parameters?["numerator"], parameters?["denominator"], parameters?["cumulative_type_params"]?["metric"] }
            .Concat(parameters?["metrics"]?.Items ?? []).OfType<YamlValue>()
            .SelectMany(input => NameOf(input) is { } name ? Of(name, [.. own, .. FiltersOf(input)], [.. path, metric]) : []);
        return parameters?["measure"] is { } measure && NameOf(measure) is { } used && _measures.TryGetValue(used, out var found)
            ? inputs.Append(new Used(found.Model, found.Measure, [.. own, .. FiltersOf(measure)]))
            : inputs;
    }

    private static string? NameOf(YamlValue input) => input.Map is null ? input.AsText() : input.Text("name");

    private static IEnumerable<string> FiltersOf(YamlValue input) => input.Map is null ? [] : Texts(input["filter"]);

    private static IEnumerable<string> Texts(YamlValue? value) => value is null ? [] : YamlValue.Texts(value);
}
