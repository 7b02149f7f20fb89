using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline;
using Platform.Worker.Sources;
using Platform.Worker.Transform;
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

    /// <summary>All stages of the daily pipeline, on a database and a container of their own.</summary>
    public static Task<WorkerStages> StartPipelineAsync(TestDatabase database, TestContainer container, CancellationToken cancellationToken) => StartAsync(
        new()
        {
            ["ConnectionStrings:warehouse"] = database.ConnectionString,
            ["ConnectionStrings:landing"] = container.ConnectionString,
            [LandingNames.ContainerKey] = container.Name,
        },
        builder =>
        {
            builder.AddLandingContainer();
            builder.AddLanding();
            builder.AddContracts();
            builder.AddMockData();
            builder.AddLoading();
            builder.AddTransform();
            builder.AddPipeline();
        },
        cancellationToken);

    /// <summary>Runs data dates from request to published marts.</summary>
    public async Task RunDatesAsync(DateOnly from, int days, CancellationToken cancellationToken)
    {
        var runner = Services.GetRequiredService<PipelineRunner>();
        DateOnly[] dates = [.. Enumerable.Range(0, days).Select(from.AddDays)];
        await runner.QueueAsync(dates, RunTrigger.Backfill, again: false, force: false, cancellationToken);
        var ended = await runner.WorkAsync(dates, new WorkOptions(), progress: null, cancellationToken);
        if (ended.Values.FirstOrDefault(end => end.State is not TaskState.Success) is { } failed)
        {
            throw new InvalidOperationException(failed.Error);
        }
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
