using System.Collections.Immutable;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Filters;

/// <summary>
/// What a reader calls a dimension, time dimension or entity: <c>customer__region</c>, <c>order__customer__region</c>,
/// <c>metric_time__month</c>, <c>customer</c>.
/// </summary>
internal sealed record ElementName
{
    /// <summary>The name under which every metric's own time is asked for.</summary>
    public const string MetricTime = "metric_time";

    private const string Separator = "__";

    private ElementName(string text, ImmutableArray<string> parts) => (Text, Parts) = (text, parts);

    /// <summary>The name in one piece; also the name of its column.</summary>
    public string Text { get; }

    /// <summary>Entities on the way and, last, the element itself.</summary>
    public ImmutableArray<string> Parts { get; }

    public TimeGrain? Grain { get; private init; }

    public DatePart? Part { get; private init; }

    /// <summary>A grain that is no standard one: of a calendar of the project, if it has it.</summary>
    public string? CustomGrain { get; private init; }

    public bool HasGrain => Grain is not null || Part is not null || CustomGrain is not null;

    public bool IsMetricTime => Parts is [MetricTime];

    /// <summary>The name without grain or date part.</summary>
    public string Path => string.Join(Separator, Parts);

    /// <summary>Reads a name such as <c>order__ordered_at__month</c>; a last part that is a grain or date part is taken as such.</summary>
    public static ElementName Parse(string text)
    {
#pragma warning disable CA1308 // Names of the catalogue are lower case.
        var parts = text.Trim().ToLowerInvariant().Split(Separator).ToImmutableArray();
#pragma warning restore CA1308
        if (parts.Length > 1 && TimeGrainNames.Find(parts[^1]) is { } grain)
        {
            return Of(parts[..^1], grain, null);
        }

        return parts.Length > 1 && TimeGrainNames.FindExtract(parts[^1]) is { } part ? Of(parts[..^1], null, part) : Of(parts, null, null);
    }

    public static ElementName Of(ImmutableArray<string> parts, TimeGrain? grain, DatePart? part) =>
        Named(parts, grain?.Name() ?? (part is { } p ? "extract_" + p.Name() : null)) with { Grain = grain, Part = part };

    /// <summary>The element at a grain that may be a standard or the project's own.</summary>
    public static ElementName AtGrain(ImmutableArray<string> parts, string grain) => TimeGrainNames.Find(grain) is { } standard
        ? Of(parts, standard, null)
        : Named(parts, grain) with { CustomGrain = grain };

    private static ElementName Named(ImmutableArray<string> parts, string? suffix) =>
        new(string.Join(Separator, suffix is null ? parts : parts.Add(suffix)), parts);

    public bool Equals(ElementName? other) => other?.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
