using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Benchmarks.Api;

/// <summary>The Api, or a bare endpoint with OutputCache, in a process of its own on a loopback port.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    public const string Argument = "api-process";
    public const string BareArgument = "bare-process";

    private readonly Process _process;

    private ApiProcess(Process process, int port) => (_process, Client) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Timeout.InfiniteTimeSpan });

    public HttpClient Client { get; }

    public int Port => Client.BaseAddress!.Port;

    /// <summary>Memory that the process has now, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Task<ApiProcess> StartAsync(string warehouse, CancellationToken cancellationToken) => StartAsync(Argument, "/alive", warehouse, cancellationToken);

    /// <param name="file">What it answers with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<ApiProcess> StartBareAsync(string file, CancellationToken cancellationToken) => StartAsync(BareArgument, "/", file, cancellationToken);

    /// <summary>The other side: the Api's own program.</summary>
    public static void RunApi(string warehouse, string port)
    {
        Environment.SetEnvironmentVariable("ConnectionStrings__warehouse", warehouse);
        var program = typeof(Platform.Api.ApiReference).Assembly.EntryPoint!;
        program.Invoke(null, [Arguments(port)]);
    }

    /// <summary>The other side: nothing but OutputCache before an endpoint that returns the file.</summary>
    public static async Task RunBareAsync(string file, string port)
    {
        var builder = WebApplication.CreateBuilder(Arguments(port));
        builder.Services.AddOutputCache();
        var app = builder.Build();
        app.UseOutputCache();
        var bytes = await File.ReadAllBytesAsync(file);
        app.MapGet("/", () => Results.Bytes(bytes, "application/json; charset=utf-8")).CacheOutput(policy => policy.Expire(TimeSpan.FromHours(1)));
        await app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string[] Arguments(string port) =>
        ["--urls", $"http://127.0.0.1:{port}", "--environment", "Development", "--Logging:LogLevel:Default", "Warning", "--Query:StatementTimeout", "00:10:00"];

    private static async Task<ApiProcess> StartAsync(string argument, string probe, string place, CancellationToken cancellationToken)
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        string[] own = [argument, place, port];
        string[] arguments = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) is "dotnet" ? [typeof(ApiProcess).Assembly.Location, .. own] : own;
        var started = new ApiProcess(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments))!, int.Parse(port, CultureInfo.InvariantCulture));
        while (true)
        {
            try
            {
                using var response = await started.Client.GetAsync(new Uri(probe, UriKind.Relative), cancellationToken);
                return response.IsSuccessStatusCode ? started : throw new InvalidOperationException($"{probe} answers {response.StatusCode}.");
            }
            catch (HttpRequestException) when (!started._process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
