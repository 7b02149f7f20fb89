using Microsoft.Extensions.Configuration;
using Platform.AppHost.Operate;

// The application model: what runs, in what order. It is built where a container engine is (UseAspire); Embedded/ starts the same without one.
var builder = DistributedApplication.CreateBuilder(args);

// Made at random at the first start and kept in the user secrets.
var operatorKey = builder.AddParameter("operator-api-key", Generated(), secret: true, persist: true);
var apiPassword = builder.AddParameter("warehouse-api-password", Generated(), secret: true, persist: true);
var biReaderPassword = builder.AddParameter("warehouse-bi-reader-password", Generated(), secret: true, persist: true);

// `--Data:Keep=false` starts with empty servers and leaves nothing behind, as tests want it.
var keepsData = builder.Configuration.GetValue("Data:Keep", true);

var postgres = builder.AddAzurePostgresFlexibleServer("postgres")
    .RunAsContainer(container =>
    {
        // The tag comes before the volume: where the server keeps its data depends on its version.
        container.WithImageTag("17.6").WithPgWeb();
        if (keepsData)
        {
            container.WithDataVolume();
        }
    });
var warehouse = postgres.AddDatabase("warehouse");

// The same database as the role that reads `analytics` and `meta` and cannot write.
var readOnlyWarehouse = builder.AddConnectionString("warehouse-read-only", ReferenceExpression.Create(
    $"Host={postgres.Resource.Host};Port={postgres.Resource.Port};Database={warehouse.Resource.DatabaseName};Username=platform_api;Password={apiPassword}"));

var landing = builder.AddAzureStorage("storage")
    .RunAsEmulator(emulator =>
    {
        if (keepsData)
        {
            emulator.WithDataVolume();
        }
    })
    .AddBlobContainer("landing");

var worker = builder.AddProject<Projects.Platform_Worker>("worker", launchProfileName: null)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Operator API")
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithEnvironment("Operator__ApiKey", operatorKey)
    .WithEnvironment("Warehouse__ApiPassword", apiPassword)
    .WithEnvironment("Warehouse__BiReaderPassword", biReaderPassword)
    .WithReference(warehouse)
    .WithReference(landing)
    .WaitFor(warehouse)
    .WaitFor(landing)
    .WithPipelineCommands(operatorKey);

if (builder.Configuration["Pipeline:CatchUpDays"] is { } days)
{
    worker.WithEnvironment("Pipeline__CatchUpDays", days);
}

// The Worker is healthy once its migrations are done: then the Api's role and the tables that it reads are there.
var api = builder.AddProject<Projects.Platform_Api>("api", launchProfileName: null)
    .WithHttpEndpoint()
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Console")
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/scalar", DisplayText = "API reference" })
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithReference(readOnlyWarehouse, connectionName: "warehouse")
    .WaitFor(worker);

// Asked when a month is closed, long after both have started.
worker.WithEnvironment("Periods__MetricsApi", api.GetEndpoint("http"));

builder.Build().Run();

static GenerateParameterDefault Generated() => new() { MinLength = 32, Special = false };
