namespace Platform.Worker.Transform.Graph;

/// <summary>What a properties file says of a column. <see cref="Quote"/> is null when it says nothing of quoting.</summary>
internal sealed record ColumnPatch(
    string Name, string Description, string? DataType, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, object?> Meta, bool? Quote)
{
    public static readonly IReadOnlyDictionary<string, ColumnPatch> None = new Dictionary<string, ColumnPatch>();

    public IReadOnlyList<ModelConstraint> Constraints { get; init; } = [];

    /// <summary>The grain of a time column: day, month, ...</summary>
    public string? Granularity { get; init; }

    /// <summary>The column's <c>config:</c>, with its meta and tags.</summary>
    public IReadOnlyDictionary<string, object?> Config { get; init; } = new Dictionary<string, object?>();
}
