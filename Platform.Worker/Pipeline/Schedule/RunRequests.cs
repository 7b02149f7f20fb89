using System.Globalization;
using Platform.Worker.Pipeline.Audit;
using Platform.Worker.Pipeline.Backfills;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Hands requests of operators to the scheduler, so that any Worker of the cluster takes them up.</summary>
internal sealed class RunRequests(PipelineRunner runner, BackfillLedger backfills, ISchedulerFactory schedulers)
{
    public const string Group = "requests";

    /// <summary>Queues the date in the ledger and fires the work on it now.</summary>
    /// <returns>The request's id and whether it queued the date; a date already queued or running is joined, not run twice.</returns>
    public async Task<(string Id, bool Queued)> SubmitAsync(DateOnly date, bool force, string who, CancellationToken cancellationToken)
    {
        var range = new DataDateRange(date, date);
        var order = new RunOrder(RunTrigger.Manual)
        {
            Again = true, Force = force, By = new Change(who, "run.request", $"{runner.Pipeline} {range}", new { force }),
        };
        var queued = await runner.QueueAsync([date], order, cancellationToken);
        return (await FireAsync(range, order.Trigger.Word(), cancellationToken), queued.Count > 0);
    }

    /// <summary>Enters the backfill, queues its dates and fires the work on them now.</summary>
    public async Task<(long Backfill, string Id, IReadOnlyList<DateOnly> Queued)> SubmitAsync(
        BackfillOrder order, string who, CancellationToken cancellationToken)
    {
        var (backfill, queued) = await backfills.RequestAsync(order, who, cancellationToken);
        return (backfill, await FireAsync(order.Range, RunTrigger.Backfill.Word(), cancellationToken), queued);
    }

    /// <summary>Has this cluster look now for runs that are queued while nobody runs them.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).TriggerJob(PipelineSchedule.Resume, cancellationToken: cancellationToken);

    /// <summary>Fires the work on dates that the ledger has queued already, now.</summary>
    public async Task FireAsync(IReadOnlyList<DateOnly> ascending, string why, CancellationToken cancellationToken)
    {
        foreach (var range in DataDateRange.Consecutive(ascending))
        {
            await FireAsync(range, why, cancellationToken);
        }
    }

    private async Task<string> FireAsync(DataDateRange range, string why, CancellationToken cancellationToken)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{why}-{range.From:yyyyMMdd}-{range.To:yyyyMMdd}-{Guid.CreateVersion7():N}");
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.ScheduleJob(
            TriggerBuilder.Create<RequestedRunJob>()
                .ForJob(PipelineSchedule.RequestedRun)
                .WithIdentity(id, Group)
                .UsingInput(new RequestedRun(range.From, range.To))
                .WithRetryPolicy(PipelineSchedule.WhenTheLedgerIsOutOfReach)
                .Build(),
            cancellationToken: cancellationToken);
        return id;
    }
}
