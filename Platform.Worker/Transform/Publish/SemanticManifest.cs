using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// Semantic models, metrics and saved queries in the shape of dbt's semantic_manifest.json (dbt-semantic-interfaces;
/// https://docs.getdbt.com/reference/artifacts/sl-manifest). Relations are the published ones.
/// </summary>
internal sealed class SemanticManifest
{
    public const string FileName = "semantic_manifest.json";

    private readonly ParsedProject _project;
    private readonly ProjectErrors _errors;

    private SemanticManifest(ParsedProject project, ProjectErrors errors) => (_project, _errors) = (project, errors);

    public List<SemanticModel> Models { get; } = [];

    public JsonObject Json { get; private set; } = [];

    /// <summary>Grains of the project's own calendars: columns of its time spines.</summary>
    public IReadOnlySet<string> CustomGrains => Json["project_configuration"]?["time_spines"]?.AsArray()
        .SelectMany(spine => spine?["custom_granularities"]?.AsArray() ?? [])
        .Select(grain => (string?)grain?["name"]).OfType<string>().ToHashSet() ?? [];

    /// <summary>The YAML of the metrics and saved queries, with the package that each is declared in.</summary>
    public List<(YamlValue Entry, string PackageName)> Metrics { get; } = [];

    public List<(YamlValue Entry, string PackageName)> SavedQueries { get; } = [];

    public static SemanticManifest Make(ParsedProject project, ProjectErrors errors)
    {
        var manifest = new SemanticManifest(project, errors);
        manifest.Models.AddRange(manifest.Nodes(ResourceType.SemanticModel).Select(manifest.Model).OfType<SemanticModel>());
        manifest.Metrics.AddRange(manifest.Nodes(ResourceType.Metric).Select(node => (SemanticDefinition.Of(node), node.PackageName)));
        manifest.SavedQueries.AddRange(manifest.Nodes(ResourceType.SavedQuery).Select(node => (SemanticDefinition.Of(node), node.PackageName)));
        manifest.Json = new JsonObject
        {
            ["semantic_models"] = Array(manifest.Models.Select(model => model.Json)),
            ["metrics"] = Array(manifest.Metrics.Select(metric => manifest.Metric(metric.Entry))),
            ["project_configuration"] = manifest.ProjectConfiguration(),
            ["saved_queries"] = Array(manifest.Nodes(ResourceType.SavedQuery).Select(manifest.SavedQuery)),
        };
        MetricInputs.Fill(manifest.Json["metrics"]!.AsArray());
        return manifest;
    }

    /// <summary>
    /// Adds what the metrics API knows of the rollups that hold what the facts do: those that this build made, and those that the last publication
    /// has already and that this build had no reason to make again. dbt's file has nothing of the kind.
    /// </summary>
    public void AddRollups(BuildState build) => Json["rollups"] = Array(_project.Graph.Ordered
        .Where(node => node.Rollup is not null && (build.Find(node.UniqueId)?.IsBuilt ?? build.PublishedRollups.Contains((node.Schema, node.Alias))))
        .Select(Rollup));

    /// <summary>Writes semantic_manifest.json.</summary>
    /// <exception cref="TransformException">The semantic models are at fault: every error with file and line.</exception>
    public static void Write(Stream stream, ParsedProject project)
    {
        var errors = new ProjectErrors();
        var manifest = Make(project, errors);
        errors.ThrowIfAny();
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        manifest.Json.WriteTo(json);
    }

    /// <summary>The nodes of a type in the order in which they are written.</summary>
    private IEnumerable<Node> Nodes(ResourceType type) => _project.Graph.Ordered.Where(node => node.ResourceType == type)
        .OrderBy(node => node.At.File, StringComparer.Ordinal).ThenBy(node => node.At.Line).ThenBy(node => node.At.Column);

    private SemanticModel? Model(Node semanticModel)
    {
        var entry = SemanticDefinition.Of(semanticModel);
        var name = semanticModel.Name;
        var call = semanticModel.Refs[0];
        var meta = semanticModel.Config.Meta;
        if (_project.FindRef(call.Package, call.Name, call.Version, semanticModel.PackageName) is not { } node)
        {
            _errors.Add(entry.At, $"semantic model '{name}' describes '{call.Name}', which is no model of the project. Correct the name, or add the model.");
            return null;
        }

        var json = new JsonObject
        {
            ["name"] = name,
            ["defaults"] = entry["defaults"] is { } defaults ? new JsonObject { ["agg_time_dimension"] = defaults.Text("agg_time_dimension") } : null,
            ["description"] = entry.Text("description"),
            ["node_relation"] = new JsonObject
            {
                ["alias"] = node.Alias,
                ["schema_name"] = node.Schema,
                ["database"] = node.Database,
                ["relation_name"] = BuildState.PublishedRelation(node).ToString(),
            },
            ["primary_entity"] = entry.Text("primary_entity"),
            ["entities"] = Array(entry.List("entities", _errors).Select(part => Entity(part, meta))),
            ["measures"] = Array(entry.List("measures", _errors).Select(part => Measure(part, meta))),
            ["dimensions"] = Array(entry.List("dimensions", _errors).Select(part => Dimension(part, meta))),
            ["label"] = entry.Text("label"),
            ["metadata"] = null,
            ["config"] = Config(entry),
        };
        return new SemanticModel(name, node, entry, json);
    }

    private static JsonObject Entity(YamlValue entry, IReadOnlyDictionary<string, object?> inherited) => new()
    {
        ["name"] = entry.Text("name"),
        ["description"] = entry.Text("description"),
        ["type"] = entry.Text("type"),
        ["role"] = entry.Text("role"),
        ["expr"] = entry.Text("expr"),
        ["metadata"] = null,
        ["label"] = entry.Text("label"),
        ["config"] = Config(entry, inherited),
    };

    private static JsonObject Dimension(YamlValue entry, IReadOnlyDictionary<string, object?> inherited) => new()
    {
        ["name"] = entry.Text("name"),
        ["description"] = entry.Text("description"),
        ["type"] = entry.Text("type"),
        ["is_partition"] = entry["is_partition"]?.Scalar is true,
        ["type_params"] = entry["type_params"] is { } parameters
            ? new JsonObject { ["time_granularity"] = parameters.Text("time_granularity"), ["validity_params"] = Node(parameters["validity_params"]) }
            : null,
        ["expr"] = entry.Text("expr"),
        ["metadata"] = null,
        ["label"] = entry.Text("label"),
        ["config"] = Config(entry, inherited),
    };

    private static JsonObject Measure(YamlValue entry, IReadOnlyDictionary<string, object?> inherited) => new()
    {
        ["name"] = entry.Text("name"),
        ["agg"] = entry.Text("agg"),
        ["description"] = entry.Text("description"),
        ["create_metric"] = entry["create_metric"]?.Scalar is true,
        ["expr"] = entry.Text("expr"),
        ["agg_params"] = Node(entry["agg_params"]),
        ["metadata"] = null,
        ["non_additive_dimension"] = entry["non_additive_dimension"] is { } additive
            ? new JsonObject
            {
                ["name"] = additive.Text("name"),
                ["window_choice"] = additive.Text("window_choice") ?? "min",
                ["window_groupings"] = Node(additive["window_groupings"]) ?? new JsonArray(),
            }
            : null,
        ["agg_time_dimension"] = entry.Text("agg_time_dimension"),
        ["label"] = entry.Text("label"),
        ["config"] = Config(entry, inherited),
    };

    private JsonObject Metric(YamlValue entry)
    {
        var parameters = entry["type_params"];
        return new JsonObject
        {
            ["name"] = entry.RequiredText("name", "a metric", _errors),
            ["description"] = entry.Text("description"),
            ["type"] = entry.Text("type"),
            ["type_params"] = new JsonObject
            {
                ["measure"] = InputMeasure(parameters?["measure"]),
                ["numerator"] = InputMetric(parameters?["numerator"]),
                ["denominator"] = InputMetric(parameters?["denominator"]),
                ["expr"] = parameters?.Text("expr"),
                ["window"] = Window(parameters?["window"]),
                ["grain_to_date"] = parameters?.Text("grain_to_date"),
                ["metrics"] = Array(parameters?["metrics"]?.Items?.Select(InputMetric) ?? []),
                ["conversion_type_params"] = Conversion(parameters?["conversion_type_params"]),
                ["cumulative_type_params"] = Cumulative(parameters?["cumulative_type_params"], entry.Text("type") == "cumulative"),
                ["input_measures"] = new JsonArray(),
            },
            ["filter"] = Filter(entry["filter"]),
            ["metadata"] = null,
            ["label"] = entry.Text("label"),
            ["config"] = Config(entry),
            ["time_granularity"] = entry.Text("time_granularity"),
        };
    }

    private static JsonObject? InputMeasure(YamlValue? value) => value switch
    {
        null => null,
        { Map: not null } => new JsonObject
        {
            ["name"] = value.Text("name"),
            ["filter"] = Filter(value["filter"]),
            ["alias"] = value.Text("alias"),
            ["join_to_timespine"] = value["join_to_timespine"]?.Scalar is true,
            ["fill_nulls_with"] = Node(value["fill_nulls_with"]),
        },
        _ => new JsonObject { ["name"] = value.AsText(), ["filter"] = null, ["alias"] = null, ["join_to_timespine"] = false, ["fill_nulls_with"] = null },
    };

    private static JsonObject? InputMetric(YamlValue? value) => value is null
        ? null
        : new JsonObject
        {
            ["name"] = value.Map is null ? value.AsText() : value.Text("name"),
            ["filter"] = value.Map is null ? null : Filter(value["filter"]),
            ["alias"] = value.Map is null ? null : value.Text("alias"),
            ["offset_window"] = value.Map is null ? null : Window(value["offset_window"]),
            ["offset_to_grain"] = value.Map is null ? null : value.Text("offset_to_grain"),
        };

    private static JsonObject? Cumulative(YamlValue? value, bool isCumulative) => value is null && !isCumulative
        ? null
        : new JsonObject
        {
            ["window"] = Window(value?["window"]),
            ["grain_to_date"] = value?.Text("grain_to_date"),
            ["period_agg"] = value?.Text("period_agg") ?? "first",
            ["metric"] = InputMetric(value?["metric"]),
        };

    private static JsonObject? Conversion(YamlValue? value) => value is null
        ? null
        : new JsonObject
        {
            ["base_measure"] = InputMeasure(value["base_measure"]),
            ["conversion_measure"] = InputMeasure(value["conversion_measure"]),
            ["base_metric"] = InputMetric(value["base_metric"]),
            ["conversion_metric"] = InputMetric(value["conversion_metric"]),
            ["entity"] = value.Text("entity"),
            ["calculation"] = value.Text("calculation") ?? "conversion_rate",
            ["window"] = Window(value["window"]),
            ["constant_properties"] = Node(value["constant_properties"]),
        };

    /// <summary>"7 days" as count and granularity.</summary>
    private static JsonObject? Window(YamlValue? value)
    {
        if (value?.AsText()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var count, var granularity] || !int.TryParse(count, out var number))
        {
            return null;
        }

        return new JsonObject { ["count"] = number, ["granularity"] = granularity.TrimEnd('s') };
    }

    private static JsonObject? Filter(YamlValue? value)
    {
        var texts = value?.Items?.Select(item => item.AsText()) ?? (value?.AsText() is { } single ? [single] : []);
        var filters = texts.Where(text => !string.IsNullOrWhiteSpace(text)).Select(text => new JsonObject { ["where_sql_template"] = text }).ToList();
        return filters.Count == 0 ? null : new JsonObject { ["where_filters"] = Array(filters) };
    }

    private JsonObject SavedQuery(Node node)
    {
        var entry = SemanticDefinition.Of(node);
        var query = entry["query_params"];
        return new JsonObject
        {
            ["name"] = entry.Text("name"),
            ["query_params"] = new JsonObject
            {
                ["metrics"] = Node(query?["metrics"]) ?? new JsonArray(),
                ["group_by"] = Node(query?["group_by"]) ?? new JsonArray(),
                ["order_by"] = Node(query?["order_by"]) ?? new JsonArray(),
                ["limit"] = Node(query?["limit"]),
                ["where"] = Filter(query?["where"]),
            },
            ["description"] = entry.Text("description"),
            ["metadata"] = null,
            ["label"] = entry.Text("label"),
            ["exports"] = Array((entry["exports"]?.Items ?? []).Select(export => Export(export, node.Config))),
            ["tags"] = Array(YamlValue.Texts(entry["tags"]).Select(tag => (JsonNode?)tag)),
        };
    }

    private static JsonObject Rollup(Node node) => new()
    {
        ["name"] = node.Name,
        ["saved_query"] = node.Rollup!.SavedQuery,
        ["semantic_model"] = node.Rollup.SemanticModel,
        ["node_relation"] = new JsonObject
        {
            ["alias"] = node.Alias,
            ["schema_name"] = node.Schema,
            ["database"] = node.Database,
            ["relation_name"] = BuildState.PublishedRelation(node).ToString(),
        },
        ["keys"] = Array(node.Rollup.Keys.Select(key => new JsonObject
        {
            ["column"] = key.Column,
            ["expr"] = key.Expr,
            ["grain"] = key.Grain,
            ["path"] = Array(key.Path.Select(step => new JsonObject { ["entity"] = step.Entity, ["semantic_model"] = step.SemanticModel })),
        })),
        ["values"] = Array(node.Rollup.Values.Select(value => new JsonObject { ["column"] = value.Column, ["agg"] = value.Agg, ["expr"] = value.Expr })),
    };

    /// <summary>Where an export goes: as it says itself, as its saved query is configured, or into the target's schema.</summary>
    private JsonNode Export(YamlValue export, NodeConfig query)
    {
        var own = export["config"];
        return new JsonObject
        {
            ["name"] = export.Text("name"),
            ["config"] = new JsonObject
            {
                ["export_as"] = own?.Text("export_as") ?? query.Text("export_as") ?? "table",
                ["schema_name"] = (own?["schema"] ?? own?["schema_name"])?.AsText() ?? query.Text("schema") ?? _project.Invocation.Target.Schema,
                ["alias"] = own?.Text("alias") ?? export.Text("name"),
            },
        };
    }

    private JsonObject ProjectConfiguration()
    {
        var spines = new JsonArray();
        foreach (var patch in _project.Properties.Patches.Where(patch => patch.Kind == "models" && patch.Entry["time_spine"] is not null))
        {
            if (_project.FindRef(patch.PackageName, patch.Name, null, patch.PackageName) is not { } node)
            {
                continue;
            }

            var column = patch.Entry["time_spine"]!.Text("standard_granularity_column");
            var granularity = patch.Entry.List("columns", _errors).FirstOrDefault(entry => entry.Text("name") == column)?.Text("granularity");
            spines.Add((JsonNode)new JsonObject
            {
                ["node_relation"] = new JsonObject
                {
                    ["alias"] = node.Alias,
                    ["schema_name"] = node.Schema,
                    ["database"] = node.Database,
                    ["relation_name"] = BuildState.PublishedRelation(node).ToString(),
                },
                ["primary_column"] = new JsonObject { ["name"] = column, ["time_granularity"] = granularity ?? "day" },
                ["custom_granularities"] = Node(patch.Entry["time_spine"]!["custom_granularities"]) ?? new JsonArray(),
            });
        }

        return new JsonObject
        {
            ["time_spine_table_configurations"] = LegacyTimeSpine(),
            ["metadata"] = null,
            ["dsi_package_version"] = new JsonObject { ["major_version"] = "0", ["minor_version"] = "9", ["patch_version"] = "0" },
            ["time_spines"] = spines,
        };
    }

    /// <summary>The model that was the time spine before time spines had properties.</summary>
    private JsonArray LegacyTimeSpine() => _project.FindRef(null, "metricflow_time_spine", null, _project.Root.Name) is not { } node
        ? []
        : Array([new JsonObject { ["location"] = BuildState.PublishedRelation(node).ToString(), ["column_name"] = "date_day", ["grain"] = "day" }]);

    private static JsonObject Config(YamlValue entry) => new()
    {
        ["meta"] = Node(entry["config"]?["meta"] ?? entry["meta"]) ?? new JsonObject(),
    };

    /// <summary>The configuration of a part of a semantic model: what the model's <c>meta</c> says holds for it, too.</summary>
    private static JsonObject Config(YamlValue entry, IReadOnlyDictionary<string, object?> inherited)
    {
        var meta = new Dictionary<string, object?>(inherited);
        foreach (var (key, value) in (entry["config"]?["meta"] ?? entry["meta"])?.Plain() as Dictionary<string, object?> ?? [])
        {
            meta[key] = value;
        }

        return new JsonObject { ["meta"] = JsonSerializer.SerializeToNode(meta) };
    }

    private static JsonNode? Node(YamlValue? value) => value is null ? null : JsonSerializer.SerializeToNode(value.Plain());

    private static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);
}

/// <summary>A semantic model with the node that it describes and the place where it is declared.</summary>
internal sealed record SemanticModel(string Name, Node Node, YamlValue Entry, JsonObject Json);
