using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using Platform.AppHost.Embedded.Servers;

namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>The AppHost as a child process, from its build output.</summary>
internal sealed class EmbeddedAppHost : IAsyncDisposable
{
    private const string Ready = "the platform is ready";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(90);
    private readonly ChildProcess _process;
    private readonly AppHostStart _start;
    private readonly ConcurrentQueue<string> _output;

    private EmbeddedAppHost(ChildProcess process, AppHostStart start, ConcurrentQueue<string> output)
    {
        _process = process;
        _start = start;
        _output = output;
    }

    /// <summary>All that it has printed.</summary>
    public string Output => string.Join('\n', _output);

    public int ProcessId => _process.Id;

    public static async Task<EmbeddedAppHost> StartAsync(AppHostStart start, CancellationToken cancellationToken)
    {
        var output = new ConcurrentQueue<string>();
        string[] days = start.Days is { } count ? ["--days", count.ToString()] : [];
        string[] fresh = start.Fresh ? ["--fresh"] : [];
        // A test run in the background of a shell ignores Ctrl+C, and so would its children.
        string[] listening = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : [];
        string[] command = [.. listening, Dotnet(), Assembly(), "--data", start.Data, "--port", start.Port.ToString(), .. days, .. fresh];
        var process = await ChildProcess.StartAsync(
            new ChildProcessStart("AppHost", command[0], command[1..])
            {
                Output = output.Enqueue,
                Environment = start.Environment,
            },
            cancellationToken);
        return new EmbeddedAppHost(process, start, output);
    }

    /// <summary>Waits until the first runs are done.</summary>
    public async Task<RunningPlatform> ReadyAsync(CancellationToken cancellationToken)
    {
        await _process.WaitUntilAsync(_ => Task.FromResult(Output.Contains(Ready, StringComparison.Ordinal)), StartTimeout, cancellationToken);
        var settings = Read("settings.json");
        var storage = $"http://127.0.0.1:{settings.GetProperty("azuritePort").GetInt32()}/platform";
        return new RunningPlatform(
            new Uri($"http://127.0.0.1:{_start.Port}"),
            Warehouse(settings),
            $"DefaultEndpointsProtocol=http;AccountName=platform;AccountKey={settings.GetProperty("storageKey").GetString()};BlobEndpoint={storage};");
    }

    /// <summary>The warehouse's connection string, known as soon as the Worker is being started.</summary>
    public async Task<string> WarehouseAsync(CancellationToken cancellationToken)
    {
        await _process.WaitUntilAsync(
            _ => Task.FromResult(Output.Contains("starting the Worker", StringComparison.Ordinal)), StartTimeout, cancellationToken);
        return Warehouse(Read("settings.json"));
    }

    /// <summary>Process ids of the children by name.</summary>
    public IReadOnlyDictionary<string, int> Children() => Read("running.json").GetProperty("children").EnumerateArray()
        .ToDictionary(child => child.GetProperty("name").GetString()!, child => child.GetProperty("processId").GetInt32());

    /// <summary>Ctrl+C.</summary>
    public async Task<int> InterruptAsync(CancellationToken cancellationToken)
    {
        Signals.Send(_process.Id, Signal.Interrupt);
        return await ExitCodeAsync(cancellationToken);
    }

    /// <summary>An end that it cannot prepare for.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(_process.Id);
        process.Kill();
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.Exited.WaitAsync(StopTimeout, cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(StopTimeout);
        await _process.DisposeAsync();
    }

    private static string Warehouse(JsonElement settings) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = settings.GetProperty("postgresPort").GetInt32(),
        Database = "warehouse",
        Username = "platform_owner",
        Password = settings.GetProperty("ownerPassword").GetString(),
        Pooling = false,
    }.ConnectionString;

    private static string Dotnet() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>The AppHost was built with this project, in the same configuration.</summary>
    private static string Assembly()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder is { Name: "Platform.EndToEnd.Tests", Parent.Parent: { } solution })
            {
                var output = Path.GetRelativePath(folder.FullName, AppContext.BaseDirectory);
                return Path.Combine(solution.FullName, "Platform.AppHost", output, "Platform.AppHost.dll");
            }
        }

        throw new InvalidOperationException($"The tests run from {AppContext.BaseDirectory}, which is not below their project.");
    }

    private JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_start.Data, file)));
        return document.RootElement.Clone();
    }
}
