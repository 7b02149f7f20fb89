using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Benchmarks.Transform;

/// <summary>
/// A plain build of a dbt project, parsing included, against the statements it sent, replayed by plain Npgsql: one command a statement, on as
/// many connections, in the same dependency order. Goal: 1.25 of the replay and 0.4 s to start; an eighth of dbt's time, when there is a dbt.
/// </summary>
/// <param name="arguments">What to build, and with what.</param>
internal sealed class TransformBenchmark(TransformArguments arguments) : IBenchmark
{
    private const int DefaultDomains = 8;
    private const int Threads = 4;

    /// <summary>Many, as each is short beside what else may happen on a machine.</summary>
    private const int Rounds = 11;

    private const double Overhead = 1.25;
    private const double StartSeconds = 0.4;
    private const double TimesFasterThanDbt = 8;
    private const string Schema = "bench";

    public string Name => "transform";

    public string Description => "plain build of a dbt project, against its own statements replayed by plain Npgsql";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        await using var servers = new EmbeddedServers();
        if (arguments.Projects.Count > 0)
        {
            foreach (var project in arguments.Projects)
            {
                await MeasureAsync(servers, project, cancellationToken);
            }

            return;
        }

        var generated = Directory.CreateTempSubdirectory("transform-");
        try
        {
            GeneratedProject.Write(generated.FullName, size ?? DefaultDomains);
            await MeasureAsync(servers, generated.FullName, cancellationToken);
        }
        finally
        {
            generated.Delete(recursive: true);
        }
    }

    private async Task MeasureAsync(EmbeddedServers servers, string project, CancellationToken cancellationToken)
    {
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        var dataSource = database.DataSource;
        var request = new BuildRequest { ProjectDirectory = project, Schema = Schema, Publish = false, Threads = Threads };
        if (arguments.SeedVariable is { } variable)
        {
            await Engine(dataSource).BuildAsync(
                request with { Verb = TransformVerb.Seed, Vars = new Dictionary<string, object?> { [variable] = true } }, null, cancellationToken);
        }

        var replay = await StatementReplay.RecordAsync(Engine(dataSource), dataSource, request, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(project.TrimEnd('/'))}: {replay.Nodes} nodes, {replay.Statements} statements, {Threads} connections, {Environment.ProcessorCount} cores"));

        using var processes = new WholeProcess(project, database.ConnectionString, Schema, Threads);
        const string reference = "statements replayed by plain Npgsql", engine = "engine, from files to the last commit";
        const string process = "transform build, from the start of its process to the end", dbt = "dbt build, the same";
        var ways = new List<(string, Func<Task>, Func<Task>)>
        {
            (reference, () => replay.ResetAsync(true, cancellationToken), () => replay.RunAsync(Threads, cancellationToken)),
            (engine, () => replay.ResetAsync(false, cancellationToken), () => Engine(dataSource).BuildAsync(request, null, cancellationToken)),
            (process, () => replay.ResetAsync(false, cancellationToken), () => processes.BuildAsync([.. arguments.WorkerProgram, "transform"], cancellationToken)),
        };
        if (arguments.DbtProgram is { } program)
        {
            ways.Add((dbt, () => replay.ResetAsync(false, cancellationToken), () => processes.BuildAsync([program], cancellationToken)));
        }

        var rates = await Measure.AlternatelyAsync(replay.Statements, "statements", ways, Rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of this process {Environment.WorkingSet / 1e6:F0} MB"));
        var goal = Overhead + (StartSeconds * rates[reference] / replay.Statements);
        if (rates.TryGetValue(dbt, out var slower))
        {
            Measure.Conclude($"{Name}-dbt", rates[process] / slower, TimesFasterThanDbt);
        }

        Measure.Conclude($"{Name}-process", rates[reference] / rates[process], goal, atMost: true);
        Measure.Conclude(Name, rates[reference] / rates[engine], goal, atMost: true);
    }

    /// <summary>An engine that has parsed nothing yet.</summary>
    private static TransformEngine Engine(NpgsqlDataSource dataSource) =>
        new(dataSource, Options.Create(new TransformOptions()), TimeProvider.System, NullLogger<TransformEngine>.Instance);
}
