using Platform.ServiceDefaults;
using Platform.Worker.Access;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Operate.Api;
using Platform.Worker.Operate.Cli;
using Platform.Worker.Periods;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Start;
using Platform.Worker.Sources;
using Platform.Worker.Transform;
using Platform.Worker.Warehouse;

return CommandLine.Asks(args) ? await CommandLine.InvokeAsync(args, AddStages) : await RunHostAsync(args);

// Apart, so that a verb loads nothing of it.
static async Task<int> RunHostAsync(string[] args)
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddServiceDefaults();
    AddStages(builder);
    builder.AddPipelineHost();
    builder.AddOperatorApi();

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapOperatorApi();
    return await app.RunWorkerAsync();
}

static void AddStages(IHostApplicationBuilder builder)
{
    builder.AddWarehouseDataSource();
    builder.AddWarehouse();
    builder.AddLandingContainer();
    builder.AddLanding();
    builder.AddContracts();
    builder.AddMockData();
    builder.AddLoading();
    builder.AddTransform();
    builder.AddPipeline();
    builder.AddAccessKeys();
    builder.AddPeriods();
}
