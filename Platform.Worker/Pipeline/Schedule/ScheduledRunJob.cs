using Microsoft.Extensions.Options;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Fires by the cron schedule and runs the data dates that were due then.</summary>
internal sealed class ScheduledRunJob(PipelineRunner runner, DataDates dataDates, RunHistory history, IOptions<PipelineOptions> options) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        // The time it was due, not the time it fires: a late firing, and a backfilled one, still mean the days before they were due.
        var dates = dataDates.Of(context.GetBackfillSlot() ?? context.ScheduledFireTimeUtc ?? context.FireTimeUtc);
        if (DailyTrigger.OverlapOf(options.Value.Overlap) is not OverlapPolicy.AllowAll)
        {
            dates = [.. await LeftOutAsync(dates[0], cancellationToken), .. dates];
        }
        await runner.QueueAsync(dates, RunTrigger.Schedule, again: false, force: false, cancellationToken);
        context.Result = RunReport.Of(await runner.WorkAsync(dates, new WorkOptions(), progress: null, cancellationToken));
    }

    /// <summary>The dates before the firing's own of which firings were left out, because an earlier one still ran: those after the newest that has a run.</summary>
    private async Task<IEnumerable<DateOnly>> LeftOutAsync(DateOnly first, CancellationToken cancellationToken)
    {
        var oldest = first.AddDays(-options.Value.BatchDays);
        var runs = await history.ListAsync(new(int.MaxValue) { From = oldest, To = first.AddDays(-1) }, cancellationToken);
        return runs.Count == 0 ? [] : dataDates.In(new(runs.Max(run => run.DataDate).AddDays(1), first.AddDays(-1)));
    }
}
