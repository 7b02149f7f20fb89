using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Benchmarks.Transform;

/// <summary>
/// A plain build of a dbt project, parsing included, against the statements it sent, replayed by plain Npgsql: one command a statement, on as
/// many connections, in the same dependency order. Goal of the issue: 1.25 of the replay and 0.4 s to start.
/// </summary>
/// <param name="projects">Folders of projects (<c>--project-dir</c>); a generated one when there is none.</param>
internal sealed class TransformBenchmark(IReadOnlyList<string> projects) : IBenchmark
{
    private const int DefaultDomains = 8;
    private const int Threads = 4;
    private const double Overhead = 1.25;
    private const double StartSeconds = 0.4;

    public string Name => "transform";

    public string Description => "plain build of a dbt project, against its own statements replayed by plain Npgsql";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        await using var servers = new EmbeddedServers();
        if (projects.Count > 0)
        {
            foreach (var project in projects)
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
        var request = new BuildRequest { ProjectDirectory = project, Schema = "bench", Publish = false, Threads = Threads };
        var replay = await StatementReplay.RecordAsync(Engine(dataSource), dataSource, request, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(project.TrimEnd('/'))}: {replay.Nodes} nodes, {replay.Statements} statements, {Threads} connections, {Environment.ProcessorCount} cores"));

        const string reference = "statements replayed by plain Npgsql", engine = "engine, from files to the last commit";
        var rates = await Measure.AlternatelyAsync(replay.Statements, "statements",
        [
            (reference, () => replay.ResetAsync(true, cancellationToken), () => replay.RunAsync(Threads, cancellationToken)),
            (engine, () => replay.ResetAsync(false, cancellationToken), () => Engine(dataSource).BuildAsync(request, null, cancellationToken)),
        ]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of this process {Environment.WorkingSet / 1e6:F0} MB"));
        Measure.Conclude(Name, rates[reference] / rates[engine], Overhead + (StartSeconds * rates[reference] / replay.Statements), atMost: true);
    }

    /// <summary>An engine that has parsed nothing yet.</summary>
    private static TransformEngine Engine(NpgsqlDataSource dataSource) =>
        new(dataSource, Options.Create(new TransformOptions()), TimeProvider.System, NullLogger<TransformEngine>.Instance);
}
