using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>The data dates of a request, which the ledger has queued already.</summary>
internal sealed record RequestedRun(DateOnly From, DateOnly To);

/// <summary>Works on a run or a backfill that an operator requested.</summary>
internal sealed class RequestedRunJob(PipelineRunner runner) : IJob<RequestedRun>
{
    public async ValueTask Execute(IJobExecutionContext context, RequestedRun input, CancellationToken cancellationToken = default)
    {
        DateOnly[] dates = [.. new DataDateRange(input.From, input.To).Dates];
        var ended = 0;
        var progress = new Immediate<TaskEvent>(task =>
        {
            if (task.RunEnded)
            {
                context.ReportProgress(Interlocked.Increment(ref ended) * 100 / dates.Length);
            }
        });
        context.Result = RunReport.Of(await runner.WorkAsync(dates, new WorkOptions(), progress, cancellationToken));
    }
}
