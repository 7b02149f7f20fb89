using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Deadlines;
using Platform.Worker.Pipeline.Following;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Looks for the partitions that runs wait for and at deadlines and freshness; what has landed is worked on by a firing of its own.</summary>
internal sealed class ArrivalJob(
    ArrivalWatch watch, FreshnessWatch freshness, DeadlineWatch deadlines, PipelineGauges gauges, RunRequests requests) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var landed = await watch.WakeAsync(dates: null, cancellationToken);
        await requests.FireAsync(landed, "arrival", cancellationToken);
        await freshness.CheckAsync(cancellationToken);
        await deadlines.CheckAsync(cancellationToken);
        await gauges.LookAsync(cancellationToken);
        context.Result = RunReport.OfQueued(landed, "landed");
    }
}
