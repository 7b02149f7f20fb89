using System.Text.Json.Nodes;

namespace Platform.Worker.Transform.Publish;

/// <summary>Fills in <c>type_params.input_measures</c>: every measure that a metric is computed from, by way of other metrics too.</summary>
internal static class MetricInputs
{
    public static void Fill(JsonArray metrics)
    {
        var byName = metrics.OfType<JsonObject>().Where(metric => metric["name"] is not null)
            .GroupBy(metric => (string)metric["name"]!).ToDictionary(group => group.Key, group => group.First());
        foreach (var metric in metrics.OfType<JsonObject>())
        {
            var measures = new List<JsonObject>();
            Collect(metric, byName, [], measures);
            metric["type_params"]!["input_measures"] = new JsonArray([.. measures.Select(measure => measure.DeepClone())]);
        }
    }

    private static void Collect(JsonObject metric, Dictionary<string, JsonObject> byName, HashSet<JsonObject> seen, List<JsonObject> measures)
    {
        if (!seen.Add(metric))
        {
            return;
        }

        var parameters = metric["type_params"]!;
        var own = new[] { parameters["measure"], parameters["conversion_type_params"]?["base_measure"], parameters["conversion_type_params"]?["conversion_measure"] };
        measures.AddRange(own.OfType<JsonObject>().Where(measure => !measures.Exists(known => JsonNode.DeepEquals(known, measure))));
        var inputs = new[] { parameters["numerator"], parameters["denominator"], parameters["cumulative_type_params"]?["metric"] }
            .Concat(parameters["metrics"]?.AsArray() ?? []);
        foreach (var input in inputs.OfType<JsonObject>())
        {
            if (input["name"] is { } name && byName.TryGetValue((string)name!, out var below))
            {
                Collect(below, byName, seen, measures);
            }
        }
    }
}
