using Platform.Api;
using Platform.Api.Access;
using Platform.Api.Console;
using Platform.Api.Metrics;
using Platform.Api.Runs;
using Platform.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWarehouseDataSource();
builder.AddAccess();
builder.AddRuns();
builder.AddMetrics();
builder.AddApiReference();
builder.AddConsole();

var app = builder.Build();
app.UseResponseCompression();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseAccess();
app.MapDefaultEndpoints();
app.MapMetrics();
app.MapRuns();
app.MapApiReference();
app.MapConsole();
app.Run();
