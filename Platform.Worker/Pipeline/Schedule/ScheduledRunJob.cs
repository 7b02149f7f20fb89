using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Fires by the cron schedule and runs the data date that was due then.</summary>
internal sealed class ScheduledRunJob(PipelineRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        // The time it was due, not the time it fires: a late firing, and a backfilled one, still mean the day before they were due.
        DateOnly[] dates = [DataDates.Of(context.GetBackfillSlot() ?? context.ScheduledFireTimeUtc ?? context.FireTimeUtc)];
        await runner.QueueAsync(dates, RunTrigger.Schedule, again: false, force: false, cancellationToken);
        context.Result = RunReport.Of(await runner.WorkAsync(dates, new WorkOptions(), progress: null, cancellationToken));
    }
}
