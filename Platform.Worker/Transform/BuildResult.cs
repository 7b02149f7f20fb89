namespace Platform.Worker.Transform;

/// <summary>
/// dbt's statuses: models, seeds and snapshots end as success, error, skipped, partial success (some batches) or no-op; tests as pass, warn,
/// fail, error or skipped; source freshness as pass, warn, error or runtime error.
/// </summary>
internal enum NodeStatus
{
    Success,
    Error,
    Skipped,
    Pass,
    Warn,
    Fail,
    PartialSuccess,
    RuntimeError,
    NoOp,
    Reused,
}

internal static class NodeStatuses
{
    /// <summary>The status as artifacts and selectors (<c>result:</c>) spell it.</summary>
    public static string Word(this NodeStatus status) => status switch
    {
        NodeStatus.PartialSuccess => "partial success",
        NodeStatus.RuntimeError => "runtime error",
        NodeStatus.NoOp => "no-op",
        _ => status.ToString().ToLowerInvariant(),
    };
}

/// <summary>One phase of a node, compile or execute; UTC.</summary>
internal readonly record struct NodeTiming(DateTimeOffset StartedAt, DateTimeOffset CompletedAt);

/// <summary>What the server said to a node's main statement.</summary>
internal sealed record AdapterResponse(string Message, string? Code = null, long? RowsAffected = null);

/// <summary>The batches of a microbatch model: start and end (exclusive) of their event time; UTC.</summary>
internal sealed record BatchResults(
    IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> Successful, IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> Failed);

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

    /// <summary>When the node's SQL was rendered; null when it was not reached.</summary>
    public NodeTiming? Compile { get; init; }

    /// <summary>When its statements ran; null when they did not.</summary>
    public NodeTiming? Execute { get; init; }

    /// <summary>The connection that ran it, from 1; 0 when none did.</summary>
    public int Thread { get; init; }

    /// <summary>As artifacts name the thread.</summary>
    public string ThreadId => IsHook ? "main" : NameOfThread(Thread);

    public AdapterResponse? AdapterResponse { get; init; }

    /// <summary>The quoted name of what the node made; null for what makes nothing.</summary>
    public string? RelationName { get; init; }

    public string? CompiledCode { get; init; }

    public BatchResults? Batches { get; init; }

    /// <summary>Skipped for a fault that no result of its own tells of: an ephemeral model that it reads does not compile.</summary>
    public bool IsSkippedByFault { get; init; }

    /// <summary>A hook of the run, which dbt's thread <c>main</c> runs.</summary>
    public bool IsHook { get; init; }

    public bool IsFailure => Status is NodeStatus.Error or NodeStatus.Fail or NodeStatus.RuntimeError or NodeStatus.PartialSuccess;

    /// <summary>What artifacts and templates (<c>thread_id</c>) call the thread of a connection.</summary>
    public static string NameOfThread(int thread) => thread == 0 ? "MainThread" : $"Thread-{thread} (worker)";
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

    /// <summary>dbt's last line: <c>PASS=3 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=3</c>.</summary>
    public string Summary
    {
        get
        {
            var warned = Nodes.Count(node => node.Status is NodeStatus.Warn);
            var failed = Nodes.Count(node => node.IsFailure);
            var skipped = Nodes.Count(node => node.Status is NodeStatus.Skipped);
            var idle = Nodes.Count(node => node.Status is NodeStatus.NoOp);
            return $"PASS={Nodes.Count - warned - failed - skipped - idle} WARN={warned} ERROR={failed} SKIP={skipped} NO-OP={idle} TOTAL={Nodes.Count}";
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
internal sealed record NodeEvent(string UniqueId, string Name, string ResourceType, int Index, int Total, NodeResult? Result)
{
    /// <summary>The node itself, for lines that say more of it.</summary>
    public Graph.Node? Node { get; init; }

    /// <summary>Where the build makes it.</summary>
    public Catalog.Relation? Relation { get; init; }

    /// <summary>The batch that began or ended, of a microbatch model; null for the node as a whole.</summary>
    public BatchProgress? Batch { get; init; }
}

/// <summary>One batch among those of a microbatch model.</summary>
/// <param name="Index">Its place, from 1.</param>
/// <param name="Total">Number of batches.</param>
/// <param name="Name">Its start as dbt shows it: 2026-01-31.</param>
internal readonly record struct BatchProgress(int Index, int Total, string Name);
