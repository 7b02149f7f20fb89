using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// The YAML of a semantic model or a metric in its first form, with measures. The form of dbt 1.12, inside a model's own entry
/// (https://docs.getdbt.com/docs/build/latest-metrics-spec), is rewritten to it: its simple metrics become a measure and a metric each.
/// </summary>
internal static class SemanticDefinition
{
    private static readonly string[] Kept = ["name", "description", "label", "type", "filter", "config", "meta", "time_granularity"];

    private static readonly string[] OfMeasures =
        ["name", "description", "label", "agg", "expr", "agg_params", "agg_time_dimension", "non_additive_dimension", "config"];

    public static YamlValue Of(Node node)
    {
        var entry = node.Definition!;
        return node.ResourceType switch
        {
            ResourceType.SemanticModel when entry["semantic_model"] is { } setting && entry["model"] is null =>
                YamlValue.FromPlain(entry.At, Model(node, entry, setting)),
            ResourceType.Metric when entry["type_params"] is null => YamlValue.FromPlain(entry.At, Metric(entry)),
            _ => entry,
        };
    }

    private static Dictionary<string, object?> Model(Node node, YamlValue entry, YamlValue setting)
    {
        var columns = entry["columns"]?.Items ?? [];
        var derived = entry["derived_semantics"];
        return new Dictionary<string, object?>
        {
            ["name"] = node.Name,
            ["model"] = $"ref('{node.Refs[0].Name}')",
            ["description"] = (setting["description"] ?? entry["description"])?.Plain(),
            ["label"] = setting.Text("label"),
            ["config"] = setting["config"]?.Plain(),
            ["primary_entity"] = entry.Text("primary_entity"),
            ["defaults"] = entry["agg_time_dimension"] is { } time ? new Dictionary<string, object?> { ["agg_time_dimension"] = time.AsText() } : null,
            ["entities"] = columns.Select(column => Part(column, "entity")).OfType<object>()
                .Concat(derived?["entities"]?.Items?.Select(part => part.Plain()!) ?? []).ToList<object?>(),
            ["dimensions"] = columns.Select(column => Part(column, "dimension")).OfType<object>()
                .Concat((derived?["dimensions"]?.Items ?? []).Select(part => (object)Timed(Map(part), part.Text("granularity")))).ToList<object?>(),
            ["measures"] = (entry["metrics"]?.Items ?? []).Where(metric => metric.Text("type") == "simple" && metric["type_params"] is null)
                .Select(metric => (object?)MeasureOf(metric)).ToList(),
        };
    }

    /// <summary>The entity or the dimension that a column is: <c>dimension: {type: time}</c>, or just its type.</summary>
    private static Dictionary<string, object?>? Part(YamlValue column, string kind)
    {
        if (column[kind] is not { } written)
        {
            return null;
        }

        var part = written.Map is null ? new Dictionary<string, object?> { ["type"] = written.AsText() } : Map(written);
        part.TryAdd("name", column.Text("name"));
        part.TryAdd("description", column["description"]?.Plain());
        part.TryAdd("expr", column.Text("name"));
        return kind == "dimension" ? Timed(part, column.Text("granularity")) : part;
    }

    private static Dictionary<string, object?> Timed(Dictionary<string, object?> dimension, string? granularity)
    {
        if (dimension.GetValueOrDefault("type") is "time")
        {
            dimension.TryAdd("type_params", new Dictionary<string, object?>
            {
                ["time_granularity"] = granularity ?? "day", ["validity_params"] = dimension.GetValueOrDefault("validity_params"),
            });
        }

        return dimension;
    }

    /// <summary>The measure that a simple metric is of; what newer names say is written as the measure's own.</summary>
    private static Dictionary<string, object?> MeasureOf(YamlValue metric)
    {
        var measure = Chosen(metric, OfMeasures);
        if (metric["percentile"] is { } percentile)
        {
            var type = metric.Text("percentile_type");
            measure["agg_params"] = new Dictionary<string, object?>
            {
                ["percentile"] = percentile.Plain(),
                ["use_discrete_percentile"] = type == "discrete",
                ["use_approximate_percentile"] = metric["use_approximate_percentile"]?.Scalar is true,
            };
        }

        if (metric["non_additive_dimension"] is { } additive)
        {
            measure["non_additive_dimension"] = new Dictionary<string, object?>
            {
                ["name"] = additive.Text("name"),
                ["window_choice"] = additive.Text("window_agg") ?? additive.Text("window_choice"),
                ["window_groupings"] = (additive["group_by"] ?? additive["window_groupings"])?.Plain(),
            };
        }

        return measure;
    }

    private static Dictionary<string, object?> Metric(YamlValue entry)
    {
        var metric = Chosen(entry, Kept);
        metric["type_params"] = entry.Text("type") switch
        {
            "simple" => new Dictionary<string, object?> { ["measure"] = Measure(entry, entry.Text("name")) },
            "ratio" => Chosen(entry, ["numerator", "denominator"]),
            "cumulative" => new Dictionary<string, object?>
            {
                ["measure"] = Measure(entry, NameOf(entry["input_metric"])),
                ["cumulative_type_params"] = new Dictionary<string, object?>(Chosen(entry, ["window", "grain_to_date", "period_agg"]))
                {
                    ["metric"] = entry["input_metric"]?.Plain(),
                },
            },
            "conversion" => new Dictionary<string, object?>
            {
                ["conversion_type_params"] = new Dictionary<string, object?>(Chosen(entry, ["entity", "calculation", "window", "constant_properties"]))
                {
                    ["base_measure"] = NameOf(entry["base_metric"]),
                    ["conversion_measure"] = NameOf(entry["conversion_metric"]),
                    ["base_metric"] = entry["base_metric"]?.Plain(),
                    ["conversion_metric"] = entry["conversion_metric"]?.Plain(),
                },
            },
            _ => new Dictionary<string, object?> { ["expr"] = entry.Text("expr"), ["metrics"] = entry["input_metrics"]?.Plain() },
        };
        return metric;
    }

    private static Dictionary<string, object?> Measure(YamlValue entry, string? name) =>
        new(Chosen(entry, ["fill_nulls_with", "join_to_timespine"])) { ["name"] = name };

    private static string? NameOf(YamlValue? metric) => metric?.Map is null ? metric?.AsText() : metric.Text("name");

    private static Dictionary<string, object?> Chosen(YamlValue entry, IEnumerable<string> keys) =>
        keys.Where(key => entry[key] is not null).ToDictionary(key => key, key => entry[key]!.Plain());

    private static Dictionary<string, object?> Map(YamlValue value) => value.Plain() as Dictionary<string, object?> ?? [];
}
