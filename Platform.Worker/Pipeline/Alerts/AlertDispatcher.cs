using Microsoft.Extensions.Options;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>How a message to a receiver went.</summary>
/// <param name="Receiver">Its name.</param>
/// <param name="Sent">Whether it took it.</param>
/// <param name="Error">Why not.</param>
internal sealed record AlertAnswer(string Receiver, bool Sent, string? Error);

/// <summary>
/// Sends what is in the outbox: at least once, and no repeat within <see cref="AlertOptions.RepeatAfter"/>. What comes up together goes as one message. A
/// receiver that does not take it is tried again, later and later, and holds up no other.
/// </summary>
internal sealed class AlertDispatcher(
    AlertOutbox outbox, AlertSender sender, AlertMetrics metrics, IOptions<AlertOptions> options, ILogger<AlertDispatcher> logger)
{
    private const int AtOnce = 500;

    /// <summary>The receivers' names.</summary>
    public IReadOnlyList<string> Receivers => [.. options.Value.Receivers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Sends what is to be sent now.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await outbox.DispatchAsync(Receivers, options.Value, cancellationToken);
        await Task.WhenAll(Receivers.Select(receiver => SendAsync(receiver, cancellationToken)));
        metrics.Waiting(await outbox.WaitingAsync(Receivers, cancellationToken));
    }

    /// <summary>Sends a message now that nothing has happened, once, whatever waits.</summary>
    /// <exception cref="ConfigurationFaultException">There is no such receiver, or none at all.</exception>
    public async Task<IReadOnlyList<AlertAnswer>> TestAsync(string? receiver, string who, CancellationToken cancellationToken)
    {
        if (Receivers.Count == 0)
        {
            throw new ConfigurationFaultException("There is no receiver: set Alerts:Receivers:NAME:Kind and what that kind needs (docs/operations.md).");
        }
        if (receiver is not null && !options.Value.Receivers.ContainsKey(receiver))
        {
            throw new ConfigurationFaultException($"There is no receiver '{receiver}'; there are {string.Join(", ", Receivers)}.");
        }
        var receivers = receiver is null ? Receivers : [receiver];
        var alert = await outbox.EnterTestAsync(receivers, options.Value, who, cancellationToken);
        return await Task.WhenAll(receivers.Select(async name =>
        {
            var refusal = await sender.SendAsync(name, [alert], cancellationToken);
            await (refusal is null
                ? outbox.SentAsync(name, [alert.Id], cancellationToken)
                : outbox.FailedAsync(name, [alert.Id], refusal.Reason, retryAfter: null, cancellationToken));
            return new AlertAnswer(name, refusal is null, refusal?.Reason);
        }));
    }

    private async Task SendAsync(string receiver, CancellationToken cancellationToken)
    {
        // Again: the end of an incident follows its beginning in a message of its own.
        while (await outbox.ClaimAsync(receiver, options.Value, AtOnce, cancellationToken) is { Count: > 0 } claimed)
        {
            long[] ids = [.. claimed.Select(one => one.Alert.Id)];
            if (await sender.SendAsync(receiver, [.. claimed.Select(one => one.Alert)], cancellationToken) is not { } refusal)
            {
                await outbox.SentAsync(receiver, ids, cancellationToken);
                metrics.Sent(receiver, ids.Length);
                Log.Sent(logger, receiver, ids.Length);
                continue;
            }
            var wait = DelayAfter(claimed.Max(one => one.Attempt));
            wait = refusal.RetryAfter > wait ? refusal.RetryAfter.Value : wait;
            await outbox.FailedAsync(receiver, ids, refusal.Reason, wait, cancellationToken);
            metrics.Refused(receiver, ids.Length);
            Log.NotSent(logger, receiver, ids.Length, refusal.Reason, wait);
            return;
        }
    }

    /// <summary>Doubled with each attempt, give or take a quarter.</summary>
    private TimeSpan DelayAfter(int attempt)
    {
        var doubled = options.Value.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30));
        return TimeSpan.FromMilliseconds(Math.Min(doubled * (0.75 + Random.Shared.NextDouble() / 2), options.Value.MaxRetryDelay.TotalMilliseconds));
    }
}
