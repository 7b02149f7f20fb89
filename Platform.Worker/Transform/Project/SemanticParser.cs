using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Makes nodes of semantic models, metrics and saved queries: the standalone lists of dbt 1.6 and, since 1.12, what a model's own entry
/// says under <c>semantic_model:</c> and <c>metrics:</c> (https://docs.getdbt.com/docs/build/latest-metrics-spec). Their
/// <see cref="Node.Definition"/> is the entry; of a semantic model inside a model it is the model's.
/// </summary>
internal sealed class SemanticParser(ParseScope scope)
{
    /// <summary>Names of the semantic models with the measure, for metrics that name only the measure.</summary>
    private readonly Dictionary<string, string> _measures = [];

    private readonly Dictionary<string, Node> _models = [];
    private readonly Dictionary<string, SourceLocation> _places = [];
    private readonly List<ParsedNode> _parsed = [];

    public IReadOnlyList<ParsedNode> Parse(Properties properties)
    {
        foreach (var entry in properties.Section("semantic_models"))
        {
            ParseModel(entry);
        }

        var embedded = properties.Patches.Where(patch => patch.Kind == "models" && (patch.Version is null || patch.Version == patch.LatestVersion)).ToList();
        foreach (var patch in embedded.Where(patch => IsOn(patch.Entry["semantic_model"])))
        {
            ParseEmbedded(patch);
        }

        foreach (var entry in properties.Section("metrics"))
        {
            ParseMetric(entry, null);
        }

        foreach (var patch in embedded.Where(patch => patch.Entry["metrics"] is not null))
        {
            foreach (var metric in patch.Entry.List("metrics", scope.Errors))
            {
                ParseMetric(new PropertyEntry("metrics", metric, metric, patch.PackageName, patch.File), patch);
            }
        }

        foreach (var entry in properties.Section("saved_queries"))
        {
            ParseQuery(entry);
        }

        return _parsed;
    }

    private static bool IsOn(YamlValue? setting) => setting is not null && setting.Scalar is not false && setting.Flag("enabled") is not false;

    private void ParseModel(PropertyEntry entry)
    {
        var yaml = entry.Entry;
        if (yaml.RequiredText("name", "a semantic model", scope.Errors) is not { } name
            || yaml.RequiredText("model", $"semantic model '{name}'", scope.Errors) is not { } model)
        {
            return;
        }

        if (ReferenceText.Read(model) is not { Ref: { } call })
        {
            scope.Errors.Add(yaml["model"]!.At, $"'{model}' is no reference to a model. Write ref('name').");
            return;
        }

        var node = Named(ResourceType.SemanticModel, entry, name) with { Refs = [call] };
        Add(new ParsedNode(node));
        _models.TryAdd(name, node);
        foreach (var measure in yaml.List("measures", scope.Errors).Where(measure => measure.Text("name") is not null))
        {
            if (!_measures.TryAdd(measure.Text("name")!, name) && node.Config.Enabled && !_models[_measures[measure.Text("name")!]].Config.Enabled)
            {
                _measures[measure.Text("name")!] = name;
            }

            if (measure.Flag("create_metric") is true)
            {
                AddMetricOf(measure, entry, node);
            }
        }
    }

    /// <summary><c>create_metric: true</c>: a simple metric of the measure's name.</summary>
    private void AddMetricOf(YamlValue measure, PropertyEntry entry, Node model)
    {
        var name = measure.Text("name")!;
        var definition = YamlValue.FromPlain(measure.At, new Dictionary<string, object?>
        {
            ["name"] = name,
            ["label"] = measure.Text("label") ?? name,
            ["type"] = "simple",
            ["type_params"] = new Dictionary<string, object?> { ["measure"] = name, ["expr"] = measure.Text("expr") ?? name },
            ["description"] = measure.Text("description") ?? $"Metric created from measure {name}",
            ["config"] = new Dictionary<string, object?> { ["enabled"] = model.Config.Enabled, ["meta"] = model.Config.Meta },
        });
        ParseMetric(entry with { Entry = definition, Written = definition }, null);
    }

    private void ParseEmbedded(ResourcePatch patch)
    {
        var setting = patch.Entry["semantic_model"]!;
        var name = setting.Text("name") ?? patch.Name;
        var config = setting.PlainMap("config", scope.Errors);
        if (setting.Text("group") is { } group)
        {
            config["group"] = group;
        }

        var entry = new PropertyEntry("semantic_models", patch.Entry, patch.Entry, patch.PackageName, patch.File);
        var node = scope.Declared(ResourceType.SemanticModel, entry, name, Fqn(entry, name), config) with
        {
            Refs = [new RefCall(null, patch.Name, null)],
            Group = config.GetValueOrDefault("group") as string,
        };
        Add(new ParsedNode(node));
        _models.TryAdd(name, node);
    }

    private void ParseMetric(PropertyEntry entry, ResourcePatch? model)
    {
        var yaml = entry.Entry;
        if (yaml.RequiredText("name", "a metric", scope.Errors) is not { } name
            || yaml.RequiredText("type", $"metric '{name}'", scope.Errors) is not { } type)
        {
            return;
        }

        var isMeasured = type is "simple" || yaml["type_params"]?["measure"] is not null || yaml["type_params"]?["conversion_type_params"] is not null;
        var node = Named(ResourceType.Metric, entry, name) with { DependsOn = [.. SemanticModels(entry, name, model, isMeasured)] };
        if (node.Config.Enabled && _models.Values.FirstOrDefault(other => !other.Config.Enabled && node.DependsOn.Contains(other.UniqueId)) is { } off)
        {
            scope.Errors.Add(yaml.At, $"metric '{name}' uses a measure of the semantic model '{off.Name}', which is disabled. Enable it, or disable the metric, too.");
        }

        Add(new ParsedNode(node) { Metrics = InputMetrics(yaml) });
    }

    /// <summary>The semantic models whose measures a metric uses.</summary>
    private IEnumerable<string> SemanticModels(PropertyEntry entry, string name, ResourcePatch? model, bool isMeasured)
    {
        if (!isMeasured)
        {
            return [];
        }

        if (model is not null)
        {
            return _models.TryGetValue(model.Entry["semantic_model"]?.Text("name") ?? model.Name, out var own) ? [own.UniqueId] : [];
        }

        var parameters = entry.Entry["type_params"];
        var measures = new[]
        {
            parameters?["measure"], parameters?["conversion_type_params"]?["base_measure"], parameters?["conversion_type_params"]?["conversion_measure"],
        }.OfType<YamlValue>().Select(measure => (Name: measure.AsText() ?? measure.Text("name"), measure.At)).Where(measure => measure.Name is not null).ToList();
        if (measures.Count == 0)
        {
            scope.Errors.Add(
                entry.Entry.At, $"the simple metric '{name}' has no measure. Name one below 'type_params', or put the metric below the model it is of.");
        }

        return measures.Select(measure => Measured(measure.Name!, measure.At, name)).OfType<string>().Distinct();
    }

    private string? Measured(string measure, SourceLocation at, string metric)
    {
        if (_measures.TryGetValue(measure, out var model))
        {
            return _models[model].UniqueId;
        }

        scope.Errors.Add(at, $"metric '{metric}' uses the measure '{measure}', which no semantic model has. Correct the name, or add the measure.");
        return null;
    }

    private static List<string> InputMetrics(YamlValue yaml)
    {
        var parameters = yaml["type_params"];
        var single = new[] { parameters, yaml }.OfType<YamlValue>()
            .SelectMany(level => new[] { level["numerator"], level["denominator"], level["input_metric"], level["base_metric"], level["conversion_metric"] })
            .Append(parameters?["cumulative_type_params"]?["metric"]);
        var listed = new[] { parameters?["metrics"], yaml["input_metrics"] }.OfType<YamlValue>().SelectMany(list => list.Items ?? []);
        return [.. single.Concat(listed).OfType<YamlValue>().Select(metric => metric.AsText() ?? metric.Text("name")).OfType<string>().Distinct()];
    }

    private void ParseQuery(PropertyEntry entry)
    {
        if (entry.Entry.RequiredText("name", "a saved query", scope.Errors) is not { } name)
        {
            return;
        }

        var metrics = YamlValue.Texts(entry.Entry["query_params"]?["metrics"]).Distinct().ToList();
        var tags = YamlValue.Texts(entry.Entry["tags"]);
        var node = Named(ResourceType.SavedQuery, entry, name);
        Add(new ParsedNode(tags.Count == 0 ? node : node with { Config = node.Config.With("tags", tags.Cast<object?>().ToList()) }) { Metrics = metrics });
    }

    private Node Named(ResourceType type, PropertyEntry entry, string name)
    {
        var node = scope.Declared(type, entry, name, Fqn(entry, name));
        return node with { Group = node.Config.Text("group") };
    }

    private static List<string> Fqn(PropertyEntry entry, string name) => ParseScope.Fqn(entry.PackageName, entry.File.PathInFolder, name);

    private void Add(ParsedNode parsed)
    {
        if (!_places.TryAdd(parsed.Node.UniqueId, parsed.Node.At))
        {
            scope.Errors.Add(
                parsed.Node.At,
                $"{parsed.Node.ResourceTypeName.Replace('_', ' ')} '{parsed.Node.Name}' is already declared at {_places[parsed.Node.UniqueId]}. Rename one.");
            return;
        }

        _parsed.Add(parsed);
    }
}
