using System.Collections.Immutable;
using System.Text.Json;
using Platform.Api.Metrics.Filters;

namespace Platform.Api.Metrics.Catalogue;

/// <summary>Turns a published semantic manifest into semantic models and metrics, with every reference in it checked.</summary>
internal static class CatalogueReader
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        PropertyNameCaseInsensitive = true,
    };

    /// <exception cref="CatalogueException">The manifest is not of the expected shape; every fault is listed.</exception>
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

        var faults = new List<string>();
        var models = manifest.SemanticModels.Select(entry => Model(entry, faults)).ToImmutableArray();
        var metrics = manifest.Metrics.Select(entry => Metric(entry, faults)).ToImmutableArray();
        CheckNames(models, metrics, faults);
        return faults.Count == 0 ? (models, metrics) : throw new CatalogueException(faults);
    }

    private static SemanticModel Model(SemanticModelEntry entry, List<string> faults)
    {
        var place = $"semantic model '{entry.Name}'";
        var dimensions = (entry.Dimensions ?? []).Select(dimension => Dimension(dimension, place, faults)).ToImmutableArray();
        return new SemanticModel
        {
            Name = entry.Name,
            Label = entry.Label,
            Description = entry.Description,
            Relation = new Relation(entry.NodeRelation.SchemaName, entry.NodeRelation.Alias),
            PrimaryEntity = entry.PrimaryEntity,
            Entities = [.. (entry.Entities ?? []).Select(entity =>
                new Entity(entity.Name, EntityTypeOf(entity, place, faults), entity.Expr ?? entity.Name) { Description = entity.Description })],
            Dimensions = dimensions,
            Measures = [.. (entry.Measures ?? []).Select(measure => Measure(measure, entry, dimensions, faults))],
        };
    }

    private static Dimension Dimension(DimensionEntry entry, string place, List<string> faults)
    {
        TimeGrain? grain = null;
        if (entry.Type == "time")
        {
            var name = entry.TypeParams?.TimeGranularity ?? "day";
            grain = TimeGrainNames.Find(name);
            if (grain is null)
            {
                faults.Add($"{place}, dimension '{entry.Name}': '{name}' is no grain; known are {string.Join(", ", TimeGrainNames.All)}.");
            }
        }

        return new Dimension(entry.Name, entry.Expr ?? entry.Name)
        {
            Label = entry.Label,
            Description = entry.Description,
            Grain = grain,
            IsValidityStart = entry.TypeParams?.ValidityParams?.IsStart ?? false,
            IsValidityEnd = entry.TypeParams?.ValidityParams?.IsEnd ?? false,
        };
    }

    private static EntityType EntityTypeOf(EntityEntry entry, string place, List<string> faults)
    {
        if (Enum.TryParse<EntityType>(entry.Type, ignoreCase: true, out var type))
        {
            return type;
        }

        faults.Add($"{place}, entity '{entry.Name}': '{entry.Type}' is no entity type; known are primary, unique, natural, foreign.");
        return EntityType.Foreign;
    }

    private static Measure Measure(
        MeasureEntry entry, SemanticModelEntry model, ImmutableArray<Dimension> dimensions, List<string> faults)
    {
        var place = $"semantic model '{model.Name}', measure '{entry.Name}'";
        if (!Enum.TryParse<Aggregation>(entry.Agg.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var aggregation))
        {
            faults.Add($"{place}: '{entry.Agg}' is no aggregation.");
        }

        var time = entry.AggTimeDimension ?? model.Defaults?.AggTimeDimension;
        if (time is null || !dimensions.Any(dimension => dimension.Name == time && dimension.Grain is not null))
        {
            faults.Add($"{place}: agg_time_dimension '{time}' is no time dimension of the model.");
        }

        if (aggregation == Aggregation.Percentile && entry.AggParams?.Percentile is not (>= 0 and <= 1))
        {
            faults.Add($"{place}: agg_params.percentile is {entry.AggParams?.Percentile?.ToString() ?? "missing"}; expected 0 to 1.");
        }

        if (entry.NonAdditiveDimension is { } dimension && !dimensions.Any(d => d.Name == dimension.Name && d.Grain is not null))
        {
            faults.Add($"{place}: non_additive_dimension '{dimension.Name}' is no time dimension of the model.");
        }

        return new Measure(entry.Name, aggregation, entry.Expr ?? entry.Name, time ?? "")
        {
            Percentile = aggregation == Aggregation.Percentile
                ? new Percentile(entry.AggParams?.Percentile ?? 0.5m, entry.AggParams?.UseDiscretePercentile ?? false)
                : null,
            NonAdditive = entry.NonAdditiveDimension is { } nonAdditive
                ? new NonAdditiveDimension(
                    nonAdditive.Name,
                    string.Equals(nonAdditive.WindowChoice, "min", StringComparison.OrdinalIgnoreCase),
                    nonAdditive.WindowGroupings ?? [])
                : null,
        };
    }

    private static Metric Metric(MetricEntry entry, List<string> faults)
    {
        var place = $"metric '{entry.Name}'";
        var meta = entry.Config?.Meta ?? [];
        string? Text(string key) => meta.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return new Metric
        {
            Name = entry.Name,
            Label = entry.Label,
            Description = entry.Description,
            Definition = Definition(entry, place, faults),
            Filters = Filters(entry.Filter, place, faults),
            Meta = new MetricMeta
            {
                Domain = Text("domain"),
                Unit = Text("unit"),
                Format = Text("format"),
                Owner = Text("owner"),
                Certified = meta.TryGetValue("certified", out var certified) && certified.ValueKind == JsonValueKind.True,
            },
        };
    }

    private static MetricDefinition Definition(MetricEntry entry, string place, List<string> faults)
    {
        var type = entry.TypeParams;
        switch (entry.Type)
        {
            case "simple" when type.Measure is { } measure:
                return new SimpleMetric(MeasureInput(measure, place, faults));
            case "ratio" when type.Numerator is { } numerator && type.Denominator is { } denominator:
                return new RatioMetric(MetricInput(numerator, place, faults), MetricInput(denominator, place, faults));
            case "derived" when type.Expr is { } expr && type.Metrics is { Length: > 0 } inputs:
                return new DerivedMetric(expr, [.. inputs.Select(input => MetricInput(input, place, faults))]);
            case "cumulative" when type.Measure is { } measure:
                return new CumulativeMetric(
                    MeasureInput(measure, place, faults),
                    Window(type.CumulativeTypeParams?.Window ?? type.Window, place, faults),
                    Grain(type.CumulativeTypeParams?.GrainToDate ?? type.GrainToDate, place, faults),
                    Enum.TryParse<PeriodAggregation>(type.CumulativeTypeParams?.PeriodAgg, ignoreCase: true, out var period)
                        ? period
                        : PeriodAggregation.First);
            case "conversion":
                return new UnsupportedMetric(entry.Type, "conversion metrics are not computed by this version");
            default:
                faults.Add($"{place}: type '{entry.Type}' with these type_params cannot be read.");
                return new UnsupportedMetric(entry.Type, "its definition is incomplete");
        }
    }

    private static MeasureInput MeasureInput(MeasureInputEntry entry, string place, List<string> faults) => new(entry.Name)
    {
        Filters = Filters(entry.Filter, place, faults),
        JoinToTimespine = entry.JoinToTimespine,
        FillNullsWith = entry.FillNullsWith,
    };

    private static MetricInput MetricInput(MetricInputEntry entry, string place, List<string> faults) => new(entry.Name)
    {
        Alias = entry.Alias,
        Filters = Filters(entry.Filter, place, faults),
        OffsetWindow = Window(entry.OffsetWindow, place, faults),
        OffsetToGrain = Grain(entry.OffsetToGrain, place, faults),
    };

    private static ImmutableArray<FilterTemplate> Filters(FilterEntry? entry, string place, List<string> faults)
    {
        var filters = ImmutableArray.CreateBuilder<FilterTemplate>();
        foreach (var filter in entry?.WhereFilters ?? [])
        {
            try
            {
                filters.Add(FilterTemplate.Parse(filter.WhereSqlTemplate));
            }
            catch (FilterException exception)
            {
                faults.Add($"{place}, filter at {exception.Position + 1}: {exception.Message}");
            }
        }

        return filters.ToImmutable();
    }

    private static TimeWindow? Window(WindowEntry? entry, string place, List<string> faults)
    {
        if (entry is null)
        {
            return null;
        }

        if (Grain(entry.Granularity, place, faults) is not { } grain)
        {
            return null;
        }

        if (grain < TimeGrain.Day)
        {
            faults.Add($"{place}: a window of {entry.Count} {entry.Granularity} is finer than a day, the finest grain of the time spine.");
        }

        return new TimeWindow(entry.Count, grain);
    }

    private static TimeGrain? Grain(string? name, string place, List<string> faults)
    {
        // "7 days" and "7 day" both occur.
        var grain = TimeGrainNames.Find(name) ?? TimeGrainNames.Find(name?.TrimEnd('s'));
        if (name is not null && grain is null)
        {
            faults.Add($"{place}: '{name}' is no grain; known are {string.Join(", ", TimeGrainNames.All)}.");
        }

        return grain;
    }

    private static void CheckNames(ImmutableArray<SemanticModel> models, ImmutableArray<Metric> metrics, List<string> faults)
    {
        faults.AddRange(Doubles("semantic model", models.Select(model => model.Name)));
        faults.AddRange(Doubles("measure", models.SelectMany(model => model.Measures).Select(measure => measure.Name)));
        faults.AddRange(Doubles("metric", metrics.Select(metric => metric.Name)));

        var measures = models.SelectMany(model => model.Measures).Select(measure => measure.Name).ToHashSet();
        var byName = metrics.Select(metric => metric.Name).ToHashSet();
        foreach (var metric in metrics)
        {
            faults.AddRange(MeasuresOf(metric.Definition).Where(name => !measures.Contains(name))
                .Select(name => $"metric '{metric.Name}': measure '{name}' is not defined."));
            faults.AddRange(InputsOf(metric.Definition).Where(input => !byName.Contains(input.Metric))
                .Select(input => $"metric '{metric.Name}': metric '{input.Metric}' is not defined."));
        }

        if (faults.Count == 0)
        {
            faults.AddRange(Cycles(metrics));
        }
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

    private static IEnumerable<string> Cycles(ImmutableArray<Metric> metrics)
    {
        var byName = metrics.ToDictionary(metric => metric.Name);
        var settled = new HashSet<string>();
        var path = new HashSet<string>();
        bool HasCycle(string name)
        {
            if (settled.Contains(name))
            {
                return false;
            }

            var cyclic = !path.Add(name) || InputsOf(byName[name].Definition).Any(input => HasCycle(input.Metric));
            path.Remove(name);
            settled.Add(name);
            return cyclic;
        }

        return metrics.Where(metric => HasCycle(metric.Name)).Select(metric => $"metric '{metric.Name}' is defined by itself.");
    }
}
