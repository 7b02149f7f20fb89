using System.Diagnostics.Metrics;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>Lineage events that were sent and dropped, and how many facts wait.</summary>
internal sealed class LineageMetrics
{
    private readonly Counter<long> _events;
    private int _waiting;
    private long _dropped;

    public LineageMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Platform.Lineage");
        _events = meter.CreateCounter<long>("platform.lineage.events", "{event}", "OpenLineage events by outcome: sent or dropped.");
        meter.CreateObservableGauge("platform.lineage.queue", () => _waiting, "{fact}", "Facts that wait to be sent.");
    }

    public void Queued(int waiting) => _waiting = waiting;

    public void Sent() => _events.Add(1, new KeyValuePair<string, object?>("platform.outcome", "sent"));

    /// <returns>How many have been dropped by now.</returns>
    public long Dropped()
    {
        _events.Add(1, new KeyValuePair<string, object?>("platform.outcome", "dropped"));
        return Interlocked.Increment(ref _dropped);
    }
}
