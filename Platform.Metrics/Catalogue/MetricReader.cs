using System.Collections.Immutable;
using System.Text.Json;
using Platform.Metrics.Filters;

namespace Platform.Metrics.Catalogue;

/// <summary>Turns an entry of <c>metrics</c> into a metric; one that cannot be read is there and says why it is not computed.</summary>
internal static class MetricReader
{
    public static Metric Read(MetricEntry entry)
    {
        var faults = new List<string>();
        var place = $"metric '{entry.Name}'";
        var meta = entry.Config?.Meta ?? [];
        string? Text(string key) => meta.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var metric = new Metric
        {
            Name = entry.Name,
            Label = entry.Label,
            Description = entry.Description,
            Definition = Definition(entry, place, faults),
            Filters = Filters(entry.Filter, place, faults),
            DefaultGrain = Grain(entry.TimeGranularity, place, faults),
            Meta = new MetricMeta
            {
                Domain = Text("domain"),
                Unit = Text("unit"),
                Format = Text("format"),
                Currency = Text("currency") ?? (Text("unit") is { Length: 3 } unit && unit.All(char.IsAsciiLetterUpper) ? unit : null),
                Owner = Text("owner"),
                Certified = meta.TryGetValue("certified", out var certified) && certified.ValueKind == JsonValueKind.True,
            },
        };
        return faults.Count == 0 ? metric : metric with { Definition = new UnsupportedMetric(entry.Type, string.Join(" ", faults)), Filters = [] };
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
            case "cumulative" when (MeasureOrMetric(type.Measure, type.CumulativeTypeParams?.Metric, place, faults)) is { } measure:
                return new CumulativeMetric(
                    measure,
                    Window(type.CumulativeTypeParams?.Window ?? type.Window, place, faults),
                    Grain(type.CumulativeTypeParams?.GrainToDate ?? type.GrainToDate, place, faults),
                    Enum.TryParse<PeriodAggregation>(type.CumulativeTypeParams?.PeriodAgg, ignoreCase: true, out var period)
                        ? period
                        : PeriodAggregation.First);
            case "conversion" when type.ConversionTypeParams is { Entity: { } entity } conversion
                && MeasureOrMetric(conversion.BaseMeasure, conversion.BaseMetric, place, faults) is { } from
                && MeasureOrMetric(conversion.ConversionMeasure, conversion.ConversionMetric, place, faults) is { } to:
                return new ConversionMetric(from, to, entity)
                {
                    IsRate = !string.Equals(conversion.Calculation, "conversions", StringComparison.OrdinalIgnoreCase),
                    Window = Window(conversion.Window, place, faults),
                    ConstantProperties = [.. (conversion.ConstantProperties ?? []).Select(pair => (pair.BaseProperty, pair.ConversionProperty))],
                };
            default:
                faults.Add($"{place}: type '{entry.Type}' with these type_params cannot be read.");
                return new UnsupportedMetric(entry.Type, "its definition is incomplete.");
        }
    }

    private static MeasureInput MeasureInput(MeasureInputEntry entry, string place, List<string> faults) => new(entry.Name)
    {
        Filters = Filters(entry.Filter, place, faults),
        JoinToTimespine = entry.JoinToTimespine,
        FillNullsWith = entry.FillNullsWith,
    };

    /// <summary>A measure, or in the newer spec the simple metric that has it.</summary>
    private static MeasureInput? MeasureOrMetric(MeasureInputEntry? measure, MetricInputEntry? metric, string place, List<string> faults) =>
        metric is not null ? new MeasureInput(metric.Name) { IsMetric = true, Filters = Filters(metric.Filter, place, faults) }
        : measure is not null ? MeasureInput(measure, place, faults)
        : null;

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

        // What is no standard grain may be one of the project's calendars; whether it is, is seen when all is read.
        return (TimeGrainNames.Find(entry.Granularity) ?? TimeGrainNames.Find(entry.Granularity.TrimEnd('s'))) is { } grain
            ? new TimeWindow(entry.Count, grain)
            : new TimeWindow(entry.Count, TimeGrain.Day) { CustomGrain = entry.Granularity };
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
}
