using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Freshness;

/// <summary>What a run of <c>source freshness</c> found, for sources.json.</summary>
internal static class FreshnessResults
{
    public static IReadOnlyList<SourceResult> Of(BuildState build) =>
    [
        .. build.Runs.Where(run => run.Node.Source is not null && run.Result is not null)
            .Select(run => new SourceResult(run.Result!, run.Node.Source!.Freshness, run.SourceTimes?.MaxLoadedAt, run.SourceTimes?.SnapshottedAt)),
    ];
}
