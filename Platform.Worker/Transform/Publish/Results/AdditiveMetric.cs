using System.Text.Json.Nodes;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>
/// A certified metric whose value of a date is the sum over rows of that date, so that a publication's rows tell what they change: a simple one, without
/// filters, of a measure that is summed or counted over all of its dimensions.
/// </summary>
/// <param name="Name">The metric.</param>
/// <param name="Label">What readers call it.</param>
/// <param name="Node">The model whose rows it adds up.</param>
/// <param name="Date">SQL of a row's date.</param>
/// <param name="Amount">SQL of what a row counts for; null counts for nothing.</param>
internal sealed record AdditiveMetric(string Name, string? Label, Node Node, string Date, string Amount)
{
    public string DefinitionSha256 => ProjectParser.Sha256($"{Node.UniqueId}\n{Date}\n{Amount}");

    public static IReadOnlyList<AdditiveMetric> Of(SemanticManifest manifest)
    {
        var measures = manifest.Models.SelectMany(model => Objects(model.Json["measures"]).Select(measure => (model, measure)))
            .GroupBy(entry => (string?)entry.measure["name"] ?? "").ToDictionary(group => group.Key, group => group.First());
        return [.. Objects(manifest.Json["metrics"]).Select(Metric).OfType<AdditiveMetric>()];

        AdditiveMetric? Metric(JsonObject metric)
        {
            var input = metric["type_params"]?["measure"];
            if ((string?)metric["type"] != "simple" || metric["filter"] is not null || input is null || input["filter"] is not null
                || metric["config"]?["meta"]?["certified"] is not JsonValue certified || !certified.TryGetValue<bool>(out var yes) || !yes
                || !measures.TryGetValue((string?)input["name"] ?? "", out var found) || found.measure["non_additive_dimension"] is not null)
            {
                return null;
            }

            var (model, measure) = found;
            var expression = (string?)measure["expr"] ?? (string)measure["name"]!;
            var amount = (string?)measure["agg"] switch
            {
                "sum" => $"({expression})::numeric",
                "count" => $"(case when ({expression}) is not null then 1 end)::numeric",
                "sum_boolean" => $"(case when ({expression}) then 1 end)::numeric",
                _ => null,
            };
            var time = (string?)measure["agg_time_dimension"] ?? (string?)model.Json["defaults"]?["agg_time_dimension"];
            var dimension = Objects(model.Json["dimensions"]).FirstOrDefault(dimension => (string?)dimension["name"] == time);
            return amount is null || dimension is null
                ? null
                : new AdditiveMetric((string)metric["name"]!, (string?)metric["label"], model.Node, $"({(string?)dimension["expr"] ?? time})::date", amount);
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? array) => (array as JsonArray)?.OfType<JsonObject>() ?? [];
}
