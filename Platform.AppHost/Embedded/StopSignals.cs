using System.Runtime.InteropServices;

namespace Platform.AppHost.Embedded;

/// <summary>Ctrl+C, SIGTERM and a closed terminal ask for an orderly stop; asked again after a while, the process ends at once.</summary>
internal sealed class StopSignals : IDisposable
{
    // One request may come as several signals: `timeout` signals its child and then the whole group, a terminal the group while `dotnet run` passes it on.
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(2);
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop;
    private long _asked;
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(TimeProvider clock, CancellationToken cancellationToken)
    {
        _clock = clock;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                .Select(signal => PosixSignalRegistration.Create(signal, Receive)),
        ];
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        var now = _clock.GetTimestamp();
        var first = Interlocked.CompareExchange(ref _asked, now, 0);
        context.Cancel = first == 0 || _clock.GetElapsedTime(first, now) < SameRequest;
        _stop.Cancel();
    }
}
