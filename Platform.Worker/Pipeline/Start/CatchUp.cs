using Microsoft.Extensions.Options;

namespace Platform.Worker.Pipeline.Start;

/// <summary>At start: queues the last due dates that lack success, then works on these and on whatever an earlier Worker left behind.</summary>
internal sealed class CatchUp(PipelineRunner runner, DataDates dates, IOptions<PipelineOptions> options, WorkerProgress progress, ILogger<CatchUp> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var due = dates.LastDue(options.Value.CatchUpDays);
        await runner.QueueAsync(due, RunTrigger.CatchUp, again: false, force: false, cancellationToken);
        var unfinished = await runner.UnfinishedAsync(cancellationToken);
        if (unfinished.Count == 0)
        {
            progress.Report(new("idle", 0, 0, "Every due data date has succeeded."));
            return;
        }

        StartLog.CatchUp(logger, unfinished.Count, unfinished[0], unfinished[^1]);
        var count = new Count(unfinished.Count);
        progress.Report(count.Progress());
        var ended = await runner.WorkAsync(
            unfinished,
            new WorkOptions(),
            new Immediate<TaskEvent>(task => progress.Report(count.After(task))),
            cancellationToken);

        if (ended.Count < unfinished.Count && await runner.IsPausedAsync(cancellationToken))
        {
            progress.Report(new("idle", ended.Count, unfinished.Count, "The pipeline is paused; data dates that are due stay queued."));
            return;
        }
        var failed = ended.Where(run => run.Value.State is TaskState.Failed).Select(run => run.Key).Order().ToList();
        var waiting = ended.Where(run => run.Value.State is TaskState.Waiting).Select(run => run.Key).Order().ToList();
        progress.Report(new("idle", unfinished.Count, unfinished.Count, (failed, waiting) switch
        {
            ([var first, ..], _) => $"{failed.Count} of {unfinished.Count} data dates failed, first {first:O}: {ended[first].Error}",
            (_, [var first, ..]) => $"{waiting.Count} of {unfinished.Count} data dates wait for a partition, first {first:O}: {ended[first].Error}.",
            _ => $"{unfinished.Count} data dates done.",
        }));
    }

    /// <summary>Counts runs as they end; while the loads go on it says how many dates are loaded, because their runs all end with one build.</summary>
    private sealed class Count(int total)
    {
        private readonly Lock _lock = new();
        private int _loaded;
        private int _ended;

        public StartProgress Progress() => new("catching_up", _ended, total, _loaded < total
            ? $"{_loaded} of {total} data dates loaded."
            : $"{total} data dates loaded, building the marts.");

        public StartProgress After(TaskEvent task)
        {
            lock (_lock)
            {
                _loaded += task.LoadEnded ? 1 : 0;
                _ended += task.RunEnded ? 1 : 0;
                return Progress();
            }
        }
    }
}
