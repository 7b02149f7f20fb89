using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Testing;

namespace Platform.Worker.Tests.ServiceDefaults;

public sealed class HealthEndpointsTests(EmbeddedServers servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_WarehouseAnswers_IsHealthy()
    {
        await using var database = await servers.CreateDatabaseAsync(Cancellation);
        await using var app = await StartAsync(database.ConnectionString);

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(app, "/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(app, "/alive"));
    }

    [Fact]
    public async Task Health_WarehouseRefuses_IsUnhealthyButAlive()
    {
        await using var database = await servers.CreateDatabaseAsync(Cancellation);
        await using var app = await StartAsync(database.ConnectionStringFor("nobody_of_that_name", "p"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await GetAsync(app, "/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(app, "/alive"));
    }

    [Fact]
    public async Task DataSource_OfTheWarehouse_NamesItsApplicationToTheServer()
    {
        await using var database = await servers.CreateDatabaseAsync(Cancellation);
        await using var app = await StartAsync(database.ConnectionString);

        await using var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT current_setting('application_name')");

        Assert.Equal("platform-test", await command.ExecuteScalarAsync(Cancellation));
    }

#if !USE_ASPIRE
    [Fact]
    public async Task DataSource_WithoutConnectionString_SaysWhichSettingIsMissing()
    {
        await using var app = await StartAsync(connectionString: null);

        var failure = Assert.Throws<InvalidOperationException>(app.Services.GetRequiredService<NpgsqlDataSource>);

        Assert.Contains("ConnectionStrings__warehouse", failure.Message, StringComparison.Ordinal);
    }
#endif

    private static async Task<WebApplication> StartAsync(string? connectionString)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "platform-test" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:warehouse", connectionString)]);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        builder.AddServiceDefaults();
        builder.AddWarehouseDataSource();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancellation);
        return app;
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(WebApplication app, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
