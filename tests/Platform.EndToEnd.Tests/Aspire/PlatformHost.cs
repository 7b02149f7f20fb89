using System.Data.Common;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace Platform.EndToEnd.Tests;

/// <summary>The system, started from the Aspire model.</summary>
internal sealed class PlatformHost : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);
    private readonly DistributedApplication _application;

    private PlatformHost(DistributedApplication application, RunningPlatform platform)
    {
        _application = application;
        Platform = platform;
    }

    public RunningPlatform Platform { get; }

    public static async Task<PlatformHost> StartAsync(int days, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Platform_AppHost>(
            [$"--Pipeline:CatchUpDays={days}", "--Data:Keep=false"], timeout.Token);
        var application = await builder.BuildAsync(timeout.Token);
        try
        {
            await application.StartAsync(timeout.Token);
            await application.ResourceNotifications.WaitForResourceHealthyAsync("api", timeout.Token);
            using var worker = application.CreateHttpClient("worker");
            await WorkerProgress.UntilIdleAsync(worker, timeout.Token);
            var platform = new RunningPlatform(
                application.GetEndpoint("api"),
                await application.GetConnectionStringAsync("warehouse", timeout.Token) ?? throw new InvalidOperationException("No warehouse."),
                Account(await application.GetConnectionStringAsync("landing", timeout.Token) ?? throw new InvalidOperationException("No landing zone.")));
            return new PlatformHost(application, platform);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>The storage account's part of a container's connection string (<c>Endpoint=...;ContainerName=...</c>).</summary>
    private static string Account(string container) => (string)new DbConnectionStringBuilder { ConnectionString = container }["Endpoint"];
}
