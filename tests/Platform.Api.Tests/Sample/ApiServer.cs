using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Api.Tests.Sample;

/// <summary>The Api on a loopback port, as it really runs, with the settings of one test.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> factory;

    public ApiServer(string connectionString, TimeProvider? time = null, string environment = "Development", Dictionary<string, string>? settings = null)
    {
        factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment(environment);
            host.UseSetting("ConnectionStrings:warehouse", connectionString);
            host.UseSetting("Logging:LogLevel:Default", "Warning");
            foreach (var (name, value) in settings ?? [])
            {
                host.UseSetting(name, value);
            }

            if (time is not null)
            {
                host.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton(time)));
            }
        });
        factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        factory.StartServer();
        Client = factory.CreateClient();
    }

    public HttpClient Client { get; }

    /// <summary>A part of the running Api.</summary>
    public T Service<T>()
        where T : notnull => factory.Services.GetRequiredService<T>();

    public async Task<(int Status, JsonElement Body)> GetAsync(string address)
    {
        using var response = await Client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>The rows of a query, numbers as their digits; fails the test when it is refused.</summary>
    public async Task<string?[][]> RowsAsync(string query)
    {
        var (status, body) = await GetAsync($"/api/v1/query?{query}");
        Assert.True(status == 200, $"{query}: {status} {body}");
        return [.. body.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray()
            .Select(value => value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => value.GetString(),
                _ => value.GetRawText(),
            }).ToArray())];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await factory.DisposeAsync();
    }
}
