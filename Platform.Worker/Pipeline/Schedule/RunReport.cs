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
        var report = (ended.Count, failed.Count) switch
        {
            (0, _) => JobRunReport.Skipped("nothing was left to do"),
            (var all, 0) => JobRunReport.Succeeded($"{all} data dates"),
            var (all, some) => JobRunReport.Failed($"{some} of {all} data dates failed, first {failed[0].Key:O}: {failed[0].Value.Error}"),
        };
        return report.With("succeeded", ended.Count - failed.Count).With("failed", failed.Count);
    }
}
