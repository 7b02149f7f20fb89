using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>Deliveries by receiver and outcome, and how many wait: what waits for long is a receiver that does not take it.</summary>
internal sealed class AlertMetrics
{
    private const string Receiver = "platform.receiver";

    private readonly Counter<long> _deliveries;
    private volatile FrozenDictionary<string, long> _waiting = FrozenDictionary<string, long>.Empty;

    public AlertMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Platform.Alerts");
        _deliveries = meter.CreateCounter<long>("platform.alerts.deliveries", "{alert}", "Alerts by receiver and outcome: sent or refused.");
        meter.CreateObservableGauge(
            "platform.alerts.queue", () => _waiting.Select(one => new Measurement<long>(one.Value, Of(one.Key))), "{alert}", "Alerts that wait to be sent.");
    }

    public void Sent(string receiver, int alerts) => _deliveries.Add(alerts, Of(receiver), new("platform.outcome", "sent"));

    public void Refused(string receiver, int alerts) => _deliveries.Add(alerts, Of(receiver), new("platform.outcome", "refused"));

    public void Waiting(IReadOnlyDictionary<string, long> byReceiver) => _waiting = byReceiver.ToFrozenDictionary();

    private static KeyValuePair<string, object?> Of(string receiver) => new(Receiver, receiver);
}
