using System.Net;
using System.Net.Sockets;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>What keeps the AppHost from starting is said in one sentence that names the remedy.</summary>
public sealed class AppHostRefusalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Port_InUse_IsNamed()
    {
        using var folder = TestFolder.Create();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var output = await RefusedAsync(new AppHostStart(folder.Path) { Port = port });

        Assert.Contains($"Port {port} is in use. Name another one with --port", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_OutOfRange_NamesTheRange()
    {
        using var folder = TestFolder.Create();

        var output = await RefusedAsync(new AppHostStart(folder.Path) { Days = 0 });

        Assert.Contains("--days is 0; it must be between 1 and 3660.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_InUseByAnotherAppHost_NamesItsProcess()
    {
        using var folder = TestFolder.Create();
        await using var running = await EmbeddedAppHost.StartAsync(new AppHostStart(folder.Path), Cancellation);
        await running.WarehouseAsync(Cancellation);

        var output = await RefusedAsync(new AppHostStart(folder.Path));

        Assert.Contains($"Process {running.ProcessId}", output, StringComparison.Ordinal);
        Assert.Contains("already. Stop it first", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_Missing_SaysWhatToInstall()
    {
        using var folder = TestFolder.Create();
        var programs = Directory.CreateDirectory(Path.Combine(folder.Path, "bin")).FullName;
        foreach (var needed in new[] { "setsid", "setpriv", "env", "chown" })
        {
            foreach (var path in new[] { "/usr/bin", "/bin" }.Select(bin => Path.Combine(bin, needed)).Where(File.Exists).Take(1))
            {
                File.CreateSymbolicLink(Path.Combine(programs, needed), path);
            }
        }

        var output = await RefusedAsync(new AppHostStart(folder.Path) { Environment = new Dictionary<string, string?> { ["PATH"] = programs } });

        Assert.Contains("install", output, StringComparison.Ordinal);
        Assert.Contains("https://nodejs.org", output, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(AppHostStart start)
    {
        await using var appHost = await EmbeddedAppHost.StartAsync(start, Cancellation);
        Assert.Equal(1, await appHost.ExitCodeAsync(Cancellation));
        return appHost.Output;
    }
}
