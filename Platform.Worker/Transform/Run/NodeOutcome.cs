namespace Platform.Worker.Transform.Run;

/// <summary>What running a node came to; <see cref="NodeRunner"/> adds time and place.</summary>
internal readonly record struct NodeOutcome(NodeStatus Status)
{
    /// <summary>The model's columns changed, so its new rows cannot be merged into the published ones: build it from nothing.</summary>
    public static readonly NodeOutcome Rebuild = new(NodeStatus.Skipped) { AsksForRebuild = true };

    public bool AsksForRebuild { get; private init; }

    public AdapterResponse? Response { get; init; }

    public long? Failures { get; init; }

    /// <summary>What is shown of it; what the server said when it is null.</summary>
    public string? Message { get; init; }

    /// <inheritdoc cref="NodeResult.IsSkippedByFault"/>
    public bool IsSkippedByFault { get; init; }
}
