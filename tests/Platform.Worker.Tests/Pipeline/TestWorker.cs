using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.ServiceDefaults;
using Platform.Worker.Access;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Operate.Api;
using Platform.Worker.Periods;
using Platform.Worker.Pipeline;
using Platform.Worker.Warehouse;
using Quartz;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>A Worker host in this process, with the scheduler, the start and the operator API, over a test's scripted tasks.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestWorker(WebApplication app) => _app = app;

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<TestWorker> StartAsync(
        TestPipeline pipeline, int catchUpDays = 0, string environment = "Development", params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:warehouse"] = pipeline.ConnectionString,
            ["ConnectionStrings:landing"] = "UseDevelopmentStorage=true",
            ["Pipeline:CatchUpDays"] = catchUpDays.ToString(CultureInfo.InvariantCulture),
            ["Pipeline:RetryDelay"] = "00:00:00.05",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddWarehouseDataSource();
        builder.AddWarehouse();
        builder.AddContracts();
        builder.AddLandingContainer();
        builder.AddLanding();
        builder.AddLoading();
        builder.Services.AddSingleton(pipeline.Definition);
        builder.AddAccessKeys();
        builder.AddPeriods();
        builder.AddPipelineRunner();
        builder.AddPipelineHost();
        builder.AddOperatorApi();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapOperatorApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestWorker(app) { Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } };
    }

    public async Task<IScheduler> SchedulerAsync()
    {
        var scheduler = await Services.GetRequiredService<ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken);
        await UntilAsync(() => Task.FromResult(scheduler.Status is SchedulerStatus.Running));
        return scheduler;
    }

    /// <summary>Waits until what a Worker does by itself has happened; the test's own time-out ends the wait.</summary>
    public static async Task UntilAsync(Func<Task<bool>> happened)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await happened())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
