using Platform.Worker.Pipeline.History;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Deletes history past its time.</summary>
internal sealed class PruneJob(HistoryPruning pruning) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var pruned = await pruning.RunAsync(cancellationToken);
        context.Result = pruned == new Pruned(0, 0, 0, 0) ? JobRunReport.Skipped("nothing is past its time") : JobRunReport.Succeeded(pruned.ToString());
    }
}
