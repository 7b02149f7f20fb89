using Platform.Worker.Pipeline.Arrivals;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Looks whether files of recent dates have been landed again, and runs these dates again.</summary>
internal sealed class CorrectionJob(ArrivalWatch watch, RunRequests requests) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var corrected = await watch.QueueCorrectedAsync(cancellationToken);
        await requests.FireAsync(corrected, RunTrigger.Correction.Word(), cancellationToken);
        context.Result = RunReport.OfQueued(corrected, "were landed again");
    }
}
