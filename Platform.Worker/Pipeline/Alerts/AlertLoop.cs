using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Start;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>Sends alerts for as long as a Worker runs, where there is somebody to tell.</summary>
internal sealed class AlertLoop(
    AlertDispatcher dispatcher, WorkerReadiness readiness, IOptions<AlertOptions> options, TimeProvider clock, ILogger<AlertLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (dispatcher.Receivers.Count == 0)
        {
            return;
        }
        while (true)
        {
            await Task.Delay(options.Value.Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            if (!readiness.IsReady)
            {
                continue;
            }
            try
            {
                await dispatcher.SendAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The warehouse is away: what there is to tell is still there when it is back.
                Log.OutboxAway(logger, exception.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
