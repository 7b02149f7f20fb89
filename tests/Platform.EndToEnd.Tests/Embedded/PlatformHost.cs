using Platform.EndToEnd.Tests.Embedded;
using Platform.Testing;

namespace Platform.EndToEnd.Tests;

/// <summary>The system, started by the embedded AppHost on fresh data.</summary>
internal sealed class PlatformHost : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly EmbeddedAppHost _appHost;

    private PlatformHost(TestFolder folder, EmbeddedAppHost appHost, RunningPlatform platform)
    {
        _folder = folder;
        _appHost = appHost;
        Platform = platform;
    }

    public RunningPlatform Platform { get; }

    public static async Task<PlatformHost> StartAsync(int days, CancellationToken cancellationToken)
    {
        var folder = TestFolder.Create();
        var appHost = await EmbeddedAppHost.StartAsync(new AppHostStart(folder.Path) { Days = days }, cancellationToken);
        try
        {
            return new PlatformHost(folder, appHost, await appHost.ReadyAsync(cancellationToken));
        }
        catch
        {
            await appHost.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _appHost.DisposeAsync();
        _folder.Dispose();
    }
}
