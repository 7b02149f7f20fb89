using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Pipeline;

/// <summary>Stages of the Worker in this process, over a migrated warehouse, without its scheduler and its HTTP endpoints.</summary>
internal sealed class WorkerStages : IAsyncDisposable
{
    private readonly IHost _host;

    private WorkerStages(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<WorkerStages> StartAsync(
        Dictionary<string, string?> settings, Action<IHostApplicationBuilder> stages, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddWarehouseDataSource();
        builder.AddWarehouse();
        stages(builder);
        var worker = new WorkerStages(builder.Build());
        await worker.Services.GetRequiredService<MigrationRunner>().RunAsync(cancellationToken);
        return worker;
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
