namespace Platform.Worker.Transform.Graph;

/// <summary>Who uses the data (https://docs.getdbt.com/docs/build/exposures).</summary>
internal sealed record ExposureDefinition
{
    /// <summary>dashboard, notebook, analysis, ml or application.</summary>
    public required string Type { get; init; }

    /// <summary>high, medium or low.</summary>
    public string? Maturity { get; init; }

    public string? Url { get; init; }

    public string? Label { get; init; }

    public string? OwnerName { get; init; }

    /// <summary>One address or several.</summary>
    public IReadOnlyList<string> OwnerEmail { get; init; } = [];

    /// <summary>All of <c>owner:</c> as written.</summary>
    public IReadOnlyDictionary<string, object?> Owner { get; init; } = new Dictionary<string, object?>();

    /// <summary>Names of the metrics it depends on.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];
}
