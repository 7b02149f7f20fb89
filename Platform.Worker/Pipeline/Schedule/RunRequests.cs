using System.Globalization;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Hands requests of operators to the scheduler, so that any Worker of the cluster takes them up.</summary>
internal sealed class RunRequests(PipelineRunner runner, ISchedulerFactory schedulers)
{
    public const string Group = "requests";

    /// <summary>Queues the dates in the ledger and fires the work on them now.</summary>
    /// <returns>The request's id and the dates it queued; dates already queued or running are joined, not run twice.</returns>
    public async Task<(string Id, IReadOnlyList<DateOnly> Queued)> SubmitAsync(
        DataDateRange range, RunTrigger trigger, bool force, CancellationToken cancellationToken)
    {
        var queued = await runner.QueueAsync([.. range.Dates], trigger, again: true, force, cancellationToken);
        return (await FireAsync(range, trigger.Word(), cancellationToken), queued);
    }

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
