namespace Platform.Worker.Transform;

/// <summary>dbt's statuses: models and seeds end as success, error or skipped; tests as pass, warn, fail, error or skipped.</summary>
internal enum NodeStatus
{
    Success,
    Error,
    Skipped,
    Pass,
    Warn,
    Fail,
}

/// <summary>How one node ended.</summary>
internal sealed record NodeResult
{
    public required string UniqueId { get; init; }

    public required string Name { get; init; }

    /// <summary>model, seed, test or operation.</summary>
    public required string ResourceType { get; init; }

    public required NodeStatus Status { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Rows that the node's main statement wrote; null where the server does not say.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>Failing rows (or what <c>fail_calc</c> counted) of a test.</summary>
    public long? Failures { get; init; }

    /// <summary>What the server said, or the whole error with file, line and caret.</summary>
    public string? Message { get; init; }

    public string? CompiledSha256 { get; init; }

    public bool IsFailure => Status is NodeStatus.Error or NodeStatus.Fail;
}

/// <summary>The end of a build.</summary>
/// <param name="Success">No node failed and, unless it was a plain build, the result is published.</param>
/// <param name="InvocationId">Key of <c>meta.invocation</c>.</param>
/// <param name="PublicationId">Key of <c>meta.publication</c>; null when nothing was published.</param>
/// <param name="Nodes">The results in the order in which they ended.</param>
/// <param name="Duration">From the request to the end, publishing included.</param>
internal sealed record BuildResult(
    bool Success, Guid InvocationId, long? PublicationId, IReadOnlyList<NodeResult> Nodes, TimeSpan Duration)
{
    /// <summary>The nodes that keep the build from being published.</summary>
    public IEnumerable<NodeResult> Failures => Nodes.Where(node => node.IsFailure);

    public long RowsAffected => Nodes.Sum(node => node.RowsAffected ?? 0);

    /// <summary>dbt's last line: <c>PASS=3 WARN=0 ERROR=0 SKIP=0 TOTAL=3</c>.</summary>
    public string Summary
    {
        get
        {
            var warned = Nodes.Count(node => node.Status is NodeStatus.Warn);
            var failed = Nodes.Count(node => node.IsFailure);
            var skipped = Nodes.Count(node => node.Status is NodeStatus.Skipped);
            return $"PASS={Nodes.Count - warned - failed - skipped} WARN={warned} ERROR={failed} SKIP={skipped} TOTAL={Nodes.Count}";
        }
    }
}

/// <summary>Progress of a build: a node began (<see cref="Result"/> is null) or ended.</summary>
/// <param name="UniqueId">dbt's unique id of the node.</param>
/// <param name="Name">Its name.</param>
/// <param name="ResourceType">model, seed, test or operation.</param>
/// <param name="Index">Its place among the nodes begun, from 1.</param>
/// <param name="Total">Number of nodes of the build.</param>
/// <param name="Result">How it ended.</param>
internal sealed record NodeEvent(string UniqueId, string Name, string ResourceType, int Index, int Total, NodeResult? Result);
