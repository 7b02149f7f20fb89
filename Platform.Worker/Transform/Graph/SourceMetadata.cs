using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph;

/// <summary>What is special to a table of a source (https://docs.getdbt.com/reference/source-properties).</summary>
internal sealed record SourceMetadata(string SourceName, string Identifier, string SourceDescription, string Loader)
{
    public SourceFreshness? Freshness { get; init; }

    /// <summary>The column, or expression, that tells when rows were loaded.</summary>
    public string? LoadedAtField { get; init; }

    /// <summary>A query that gives the time of the latest load; takes the place of <see cref="LoadedAtField"/>.</summary>
    public string? LoadedAtQuery { get; init; }

    public IReadOnlyDictionary<string, object?> SourceMeta { get; init; } = new Dictionary<string, object?>();

    /// <summary><c>quoting: {column: …}</c>; null when it says nothing.</summary>
    public bool? QuotesColumns { get; init; }

    /// <summary><c>external:</c> as written.</summary>
    public YamlValue? External { get; init; }
}

/// <summary>How old the data of a source table may be.</summary>
/// <param name="WarnAfter">Older than this is a warning.</param>
/// <param name="ErrorAfter">Older than this is an error.</param>
/// <param name="Filter">SQL condition on the rows that are looked at.</param>
internal sealed record SourceFreshness(FreshnessThreshold? WarnAfter, FreshnessThreshold? ErrorAfter, string? Filter);

/// <param name="Count">How many periods.</param>
/// <param name="Period">minute, hour or day.</param>
internal sealed record FreshnessThreshold(int Count, string Period)
{
    public TimeSpan Length => Period switch
    {
        "minute" => TimeSpan.FromMinutes(Count),
        "hour" => TimeSpan.FromHours(Count),
        _ => TimeSpan.FromDays(Count),
    };
}
