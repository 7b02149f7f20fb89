using System.Collections.Frozen;

namespace Platform.Metrics.Catalogue;

/// <summary>The standard time grains, finest first.</summary>
internal enum TimeGrain
{
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>A part of a date, as MetricFlow's <c>extract_</c> columns give it; weeks begin on Monday (1).</summary>
internal enum DatePart
{
    Year,
    Quarter,
    Month,
    Day,
    Dow,
    Doy,
}

internal static class TimeGrainNames
{
    private const string PartPrefix = "extract_";

    private static readonly FrozenDictionary<string, TimeGrain> Grains = Enum.GetValues<TimeGrain>().ToFrozenDictionary(Name);
    private static readonly FrozenDictionary<string, DatePart> Parts = Enum.GetValues<DatePart>().ToFrozenDictionary(Name);

    public static IEnumerable<string> All => Enum.GetValues<TimeGrain>().Select(Name);

    public static string Name(this TimeGrain grain) => grain switch
    {
        TimeGrain.Second => "second",
        TimeGrain.Minute => "minute",
        TimeGrain.Hour => "hour",
        TimeGrain.Day => "day",
        TimeGrain.Week => "week",
        TimeGrain.Month => "month",
        TimeGrain.Quarter => "quarter",
        _ => "year",
    };

    public static string Name(this DatePart part) => part switch
    {
        DatePart.Year => "year",
        DatePart.Quarter => "quarter",
        DatePart.Month => "month",
        DatePart.Day => "day",
        DatePart.Dow => "dow",
        _ => "doy",
    };

    public static TimeGrain? Find(string? name) =>
        name is not null && Grains.TryGetValue(Lower(name), out var grain) ? grain : null;

    public static DatePart? FindPart(string? name) =>
        name is not null && Parts.TryGetValue(Lower(name), out var part) ? part : null;

    /// <summary>The part that a column suffix such as <c>extract_month</c> names.</summary>
    public static DatePart? FindExtract(string suffix) =>
        suffix.StartsWith(PartPrefix, StringComparison.Ordinal) ? FindPart(suffix[PartPrefix.Length..]) : null;

#pragma warning disable CA1308 // Grain names are lower case in the standard.
    private static string Lower(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
