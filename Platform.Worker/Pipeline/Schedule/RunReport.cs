using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>
/// What the scheduler's history keeps of a firing. A run that failed is reported, not thrown: the ledger has decided that trying it again
/// is no use. What is thrown (the ledger itself could not be reached) the scheduler fires again by its retry policy.
/// </summary>
internal static class RunReport
{
    public static JobRunReport Of(IReadOnlyDictionary<DateOnly, TaskEnd> ended)
    {
        var failed = ended.Where(run => run.Value.State is TaskState.Failed).OrderBy(run => run.Key).ToList();
        var waiting = ended.Count(run => run.Value.State is TaskState.Waiting);
        var report = (ended.Count, failed.Count, waiting) switch
        {
            (0, _, _) => JobRunReport.Skipped("nothing was left to do"),
            (var all, 0, 0) => JobRunReport.Succeeded($"{all} data dates"),
            (var all, 0, _) => JobRunReport.Succeeded($"{all} data dates, of which {waiting} wait for a partition"),
            var (all, some, _) => JobRunReport.Failed($"{some} of {all} data dates failed, first {failed[0].Key:O}: {failed[0].Value.Error}"),
        };
        return report.With("succeeded", ended.Count - failed.Count - waiting).With("failed", failed.Count).With("waiting", waiting);
    }

    /// <summary>The report of a firing that looked for dates to queue.</summary>
    public static JobRunReport OfQueued(IReadOnlyList<DateOnly> queued, string why) => queued.Count == 0
        ? JobRunReport.Skipped("nothing new")
        : JobRunReport.Succeeded($"{queued.Count} data dates {why}, first {queued[0]:O}");
}
