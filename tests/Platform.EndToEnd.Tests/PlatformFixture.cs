using Platform.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(PlatformFixture))]

namespace Platform.EndToEnd.Tests;

/// <summary>One system with three days of data, started when a test first asks for it, for tests that only read.</summary>
public sealed class PlatformFixture : IAsyncDisposable
{
    /// <summary>Days of data.</summary>
    public const int Days = 3;

    private readonly Lazy<Task<PlatformHost>> _host = new(static () => PlatformHost.StartAsync(Days, CancellationToken.None));

    public async Task<RunningPlatform> StartedAsync(CancellationToken cancellationToken) => (await _host.Value.WaitAsync(cancellationToken)).Platform;

    public async ValueTask DisposeAsync()
    {
        if (_host.IsValueCreated)
        {
            await ((Task)_host.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_host.Value.IsCompletedSuccessfully)
            {
                await (await _host.Value).DisposeAsync();
            }
        }
    }
}
