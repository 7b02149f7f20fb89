namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>One place where events are written. Called by one thread at a time.</summary>
internal interface IEventSink : IDisposable
{
    void Write(LogEvent entry, DateTimeOffset at);
}
