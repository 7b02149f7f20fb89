using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Goes on with runs that are queued or running while nobody runs them: their Worker is gone, or met a fault that outlasted its retries.</summary>
internal sealed class ResumeJob(PipelineRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        context.Result = RunReport.Of(
            await runner.WorkAsync(dates: null, new WorkOptions { WaitForHolders = false }, progress: null, cancellationToken));
}
