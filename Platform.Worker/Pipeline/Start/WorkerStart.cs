using Platform.Worker.Warehouse;
using Quartz;

namespace Platform.Worker.Pipeline.Start;

/// <summary>The order of a Worker's start: migrations, ready, then the scheduler beside resume and catch-up.</summary>
internal sealed class WorkerStart(
    MigrationRunner migrations,
    WorkerReadiness readiness,
    QuartzHostedService scheduler,
    CatchUp catchUp,
    InfrastructureRetry retry,
    WorkerProgress progress,
    IHostApplicationLifetime lifetime,
    ILogger<WorkerStart> logger) : BackgroundService
{
    public override Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(base.StopAsync(cancellationToken), scheduler.StopAsync(cancellationToken));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            progress.Report(new("migrating", 0, 0, "Bringing the warehouse up to date."));
            await retry.ExecuteAsync(
                async token =>
                {
                    await migrations.RunAsync(token);
                    return true;
                },
                stoppingToken,
                (exception, attempt, delay) =>
                {
                    StartLog.WarehouseAway(logger, attempt, exception.Message, delay);
                    return ValueTask.CompletedTask;
                });
            readiness.Ready();
            await Task.WhenAll(scheduler.StartAsync(stoppingToken), CatchUpAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            progress.Report(new("failed", 0, 0, exception.Message));
            StartLog.Failed(logger, exception);
            Environment.ExitCode = ExitCode.Of(exception);
            lifetime.StopApplication();
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await catchUp.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (FaultClassifier.Classify(exception) is Fault.Infrastructure && !cancellationToken.IsCancellationRequested)
        {
            // What was queued stays queued, and the resume job takes it up when the infrastructure is back.
            progress.Report(progress.Current with { Phase = "failed", Message = exception.Message });
            StartLog.CatchUpInterrupted(logger, exception.Message);
        }
    }
}
