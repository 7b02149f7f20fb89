using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Worker.Pipeline.Start;

/// <summary>Ready once the migrations have been applied.</summary>
internal sealed class WorkerReadiness : IHealthCheck
{
    private volatile bool _ready;

    public bool IsReady => _ready;

    public void Ready() => _ready = true;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_ready ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The migrations have not been applied yet."));
}
