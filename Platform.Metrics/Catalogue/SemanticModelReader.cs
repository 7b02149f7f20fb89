using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>Turns an entry of <c>semantic_models</c> into a semantic model; what is wrong with it becomes its fault.</summary>
internal static class SemanticModelReader
{
    public static SemanticModel Read(SemanticModelEntry entry)
    {
        var faults = new List<string>();
        var place = $"semantic model '{entry.Name}'";
        var dimensions = (entry.Dimensions ?? []).Select(dimension => Dimension(dimension, place, faults)).ToImmutableArray();
        var model = new SemanticModel
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
        return faults.Count == 0 ? model : model with { Fault = string.Join(" ", faults) };
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
            IsPartition = entry.IsPartition,
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
}
