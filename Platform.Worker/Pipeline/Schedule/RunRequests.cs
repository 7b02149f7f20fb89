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
        var id = string.Create(CultureInfo.InvariantCulture, $"{trigger.Word()}-{range.From:yyyyMMdd}-{range.To:yyyyMMdd}-{Guid.CreateVersion7():N}");
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.ScheduleJob(
            TriggerBuilder.Create<RequestedRunJob>()
                .ForJob(PipelineSchedule.RequestedRun)
                .WithIdentity(id, Group)
                .UsingInput(new RequestedRun(range.From, range.To))
                .WithRetryPolicy(PipelineSchedule.WhenTheLedgerIsOutOfReach)
                .Build(),
            cancellationToken: cancellationToken);
        return (id, queued);
    }
}
