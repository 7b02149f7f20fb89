using System.Collections.Immutable;
using System.Text.Json;
using Platform.Api.Metrics.Filters;

namespace Platform.Api.Metrics.Catalogue;

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
            Meta = new MetricMeta
            {
                Domain = Text("domain"),
                Unit = Text("unit"),
                Format = Text("format"),
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
            case "cumulative" when type.Measure is { } measure:
                return new CumulativeMetric(
                    MeasureInput(measure, place, faults),
                    Window(type.CumulativeTypeParams?.Window ?? type.Window, place, faults),
                    Grain(type.CumulativeTypeParams?.GrainToDate ?? type.GrainToDate, place, faults),
                    Enum.TryParse<PeriodAggregation>(type.CumulativeTypeParams?.PeriodAgg, ignoreCase: true, out var period)
                        ? period
                        : PeriodAggregation.First);
            case "conversion":
                return new UnsupportedMetric(entry.Type, "conversion metrics are not computed by this version.");
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
}
