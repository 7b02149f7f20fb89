using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Benchmarks.Transform;

/// <summary>
/// Parses a generated project: in a new process (nothing compiled, nothing read), then again after one changed model file and after one
/// changed properties file. The reference is reading the same files as text.
/// </summary>
internal sealed class ParseBenchmark : IBenchmark
{
    private const int DefaultModels = 5000;
    private const int Rounds = 3;
    private const double ColdGoal = 3;
    private const double AgainGoal = 0.3;

    /// <summary>Names the project's folder to a process that this one starts to measure in.</summary>
    private const string ProjectVariable = "PARSE_BENCHMARK_PROJECT";

    private static readonly TargetInfo Target = new("prod", "big", "analytics", "localhost", "owner", 5432, 4);

    public string Name => "parse";

    public string Description => "dbt project of 5,000 models and 10,000 tests: cold, and after one changed file (SIZE: models)";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(ProjectVariable) is { } directory)
        {
            MeasureOnce(directory);
            return;
        }

        using var project = LargeProject.Create(size ?? DefaultModels);
        var rounds = new List<string[]>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add(await MeasureInNewProcessAsync(project.Directory, cancellationToken));
        }

        string[] ways = ["reading the files as text", "cold", "after one changed model", "after one changed properties file"];
        for (var way = 0; way < ways.Length; way++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ways[way],-40} {Median(way),8:F3} s   ({string.Join(" ", rounds.Select(round => round[way]))})"));
        }

        Console.WriteLine($"{rounds[0][5]} nodes; peak memory {string.Join(", ", rounds.Select(round => round[4]))} MB");
        Measure.ConcludeSeconds("parse-again", Math.Max(Median(2), Median(3)), AgainGoal);
        Measure.ConcludeSeconds(Name, Median(1), ColdGoal);

        double Median(int figure) => rounds.Select(round => double.Parse(round[figure], CultureInfo.InvariantCulture)).Order().ElementAt(Rounds / 2);
    }

    private static async Task<string[]> MeasureInNewProcessAsync(string directory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ParseBenchmark).Assembly.Location, "parse"]) { RedirectStandardOutput = true };
        start.Environment[ProjectVariable] = directory;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output.Trim().Split(' ') : throw new InvalidOperationException($"the measuring process ended with {process.ExitCode}");
    }

    /// <summary>Prints seconds of reading, parsing cold, parsing again twice; peak megabytes; nodes.</summary>
    private static void MeasureOnce(string directory)
    {
        var cache = new ProjectCache(TimeProvider.System, NullLogger.Instance);
        ParsedProject parsed = null!;
        var cold = Seconds(Parse);
        File.AppendAllText(Path.Combine(directory, LargeProject.ModelFile(7)), "\n-- changed\n");
        var model = Seconds(Parse);
        File.AppendAllText(Path.Combine(directory, LargeProject.PropertiesFile(7)), "\n# changed\n");
        var properties = Seconds(Parse);
        var reading = Seconds(() =>
        {
            foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            {
                File.ReadAllText(file);
            }
        });
        using var process = Process.GetCurrentProcess();
        var tests = parsed.Graph.Ordered.Count(node => node.ResourceType is ResourceType.Test);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reading:F3} {cold:F3} {model:F3} {properties:F3} {process.PeakWorkingSet64 / 1_000_000} {parsed.Graph.Ordered.Count}/{tests}"));

        void Parse() => parsed = cache.Load(directory, new Dictionary<string, object?>(), Target);
    }

    private static double Seconds(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
