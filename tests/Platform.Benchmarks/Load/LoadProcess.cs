using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Platform.Benchmarks.Load;

/// <summary>
/// The process that loads and does nothing else, so that its memory is the loader's. The benchmark starts its own program as one, tells it where
/// in the first line of its input, and then what to do, a line each.
/// </summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    public const string Argument = "load-process";

    private readonly Process _process;

    private LoadProcess(Process process) => _process = process;

    public static async Task<LoadProcess> StartAsync(LoadPlace place, CancellationToken cancellationToken)
    {
        // Started as `dotnet X.dll`, the process is dotnet and the assembly its first argument.
        string[] arguments = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) is "dotnet" ? [typeof(LoadProcess).Assembly.Location, Argument] : [Argument];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var load = new LoadProcess(Process.Start(start)!);
        await load._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(place).AsMemory(), cancellationToken);
        return load;
    }

    /// <summary>The file in one pass into a table of its own: read, every row checked, copied.</summary>
    public Task StageAsync(CancellationToken cancellationToken) => AskAsync("stage", cancellationToken);

    /// <summary>From the landed file to the committed partition.</summary>
    public Task LoadAsync(DateOnly date, CancellationToken cancellationToken) => AskAsync($"load {date:yyyy-MM-dd}", cancellationToken);

    /// <summary>The most memory that the process has had so far, in bytes.</summary>
    public async Task<long> PeakMemoryAsync(CancellationToken cancellationToken) =>
        long.Parse(await AskAsync("peak", cancellationToken), CultureInfo.InvariantCulture);

    /// <summary>The other side: does what it is told until its input ends.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var place = JsonSerializer.Deserialize<LoadPlace>((await Console.In.ReadLineAsync(cancellationToken))!)!;
        await using var loads = new Loads(place);
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            var words = line.Split(' ');
            var before = Environment.CpuUsage.TotalTime;
            switch (words[0])
            {
                case "stage":
                    await loads.StageAsync(cancellationToken);
                    break;
                case "load":
                    await loads.LoadAsync(DateOnly.ParseExact(words[1], "yyyy-MM-dd", CultureInfo.InvariantCulture), cancellationToken);
                    break;
                default:
                    using (var self = Process.GetCurrentProcess())
                    {
                        Console.WriteLine(self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
                    }

                    continue;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {(Environment.CpuUsage.TotalTime - before).TotalSeconds:F2}"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await _process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The process that loads ended at '{line}'.");
    }
}

/// <summary>Where a <see cref="LoadProcess"/> finds its data.</summary>
/// <param name="Warehouse">Connection string of the database.</param>
/// <param name="Storage">Connection string of the storage account.</param>
/// <param name="Container">The landing container.</param>
/// <param name="Contracts">Folder of the contracts.</param>
/// <param name="File">The order lines as a local file; what the references copy.</param>
internal sealed record LoadPlace(string Warehouse, string Storage, string Container, string Contracts, string File);
