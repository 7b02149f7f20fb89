using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Platform.Worker.Pipeline;

/// <summary>Tries again after an infrastructure fault, a bounded number of times and until a deadline, with exponential backoff and jitter.</summary>
internal sealed class InfrastructureRetry(IOptions<PipelineOptions> options, TimeProvider clock)
{
    private static readonly ResiliencePropertyKey<Func<Exception, int, TimeSpan, ValueTask>> OnRetryKey = new("on-retry");

    private static readonly ResiliencePropertyKey<long> StartedKey = new("started");

    private readonly ResiliencePipeline _pipeline = Build(options.Value, clock);

    /// <param name="action">What to do; must be safe to do again.</param>
    /// <param name="onRetry">Told the fault, the number of the attempt that met it (1 is the first) and the wait that follows.</param>
    /// <param name="cancellationToken">Ends the attempt under way and the waits.</param>
    public async Task<T> ExecuteAsync<T>(
        Func<CancellationToken, Task<T>> action,
        CancellationToken cancellationToken,
        Func<Exception, int, TimeSpan, ValueTask>? onRetry = null)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(StartedKey, clock.GetTimestamp());
            if (onRetry is not null)
            {
                context.Properties.Set(OnRetryKey, onRetry);
            }
            return await _pipeline.ExecuteAsync(async (ctx, work) => await work(ctx.CancellationToken), context, action);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline Build(PipelineOptions options, TimeProvider clock)
    {
        if (options.MaxRetries == 0)
        {
            return ResiliencePipeline.Empty;
        }
        return new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                ShouldHandle = outcome => ValueTask.FromResult(
                    outcome.Outcome.Exception is { } exception
                    && !outcome.Context.CancellationToken.IsCancellationRequested
                    && FaultClassifier.Classify(exception) is Fault.Infrastructure
                    && clock.GetElapsedTime(outcome.Context.Properties.GetValue(StartedKey, 0)) < options.RetryDeadline),
                OnRetry = retry => retry.Context.Properties.TryGetValue(OnRetryKey, out var onRetry)
                    ? onRetry(retry.Outcome.Exception!, retry.AttemptNumber + 1, retry.RetryDelay)
                    : ValueTask.CompletedTask,
            })
            .Build();
    }
}
