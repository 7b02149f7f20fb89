using System.Net;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Children;

/// <summary>A web project of this solution, as a child process on 127.0.0.1.</summary>
/// <param name="Name">The child's name in logs and telemetry.</param>
/// <param name="Project">The project's name.</param>
internal sealed record WebProject(string Name, string Project, int Port)
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connection strings and options, in the form of environment variables.</summary>
    public required IReadOnlyDictionary<string, string?> Settings { get; init; }

    public string Address => $"http://127.0.0.1:{Port}";

    public async Task<ChildProcess> StartAsync(Action<string> output, CancellationToken cancellationToken)
    {
        var build = BuildOutput.Of(Project);
        return await ChildProcess.StartAsync(
            new ChildProcessStart(Name, BuildOutput.Dotnet, [build.Assembly])
            {
                // As with `dotnet run`: static files of a development build are served from the project.
                WorkingDirectory = build.ProjectFolder,
                Output = output,
                Environment = new Dictionary<string, string?>(Settings)
                {
                    ["ASPNETCORE_ENVIRONMENT"] = "Development",
                    ["ASPNETCORE_URLS"] = Address,
                    ["OTEL_SERVICE_NAME"] = Name,
                    ["Logging__Console__FormatterName"] = "simple",
                    ["Logging__Console__FormatterOptions__SingleLine"] = "true",
                    // Not being ready yet is what the AppHost waits out, not an error.
                    ["Logging__LogLevel__Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
                },
            },
            cancellationToken);
    }

    /// <summary>Waits until <c>/health</c> answers 200.</summary>
    public async Task WaitUntilHealthyAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address), Timeout = RequestTimeout };
        await process.WaitUntilAsync(token => IsHealthyAsync(client, token), HealthTimeout, cancellationToken);
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
