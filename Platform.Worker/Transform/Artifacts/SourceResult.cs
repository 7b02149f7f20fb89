using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>How fresh a source table was found to be.</summary>
/// <param name="Result">Its status: pass, warn, error, or runtime error with the message of what went wrong.</param>
/// <param name="Criteria">What it was measured against.</param>
/// <param name="MaxLoadedAt">When its latest rows were loaded; null when that could not be asked.</param>
/// <param name="SnapshottedAt">The server's time when it was asked.</param>
internal sealed record SourceResult(NodeResult Result, SourceFreshness? Criteria, DateTimeOffset? MaxLoadedAt, DateTimeOffset? SnapshottedAt)
{
    public TimeSpan? Age => SnapshottedAt - MaxLoadedAt;
}
