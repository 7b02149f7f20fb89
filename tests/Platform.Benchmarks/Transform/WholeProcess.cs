using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Platform.Worker.Transform.Verbs;

namespace Platform.Benchmarks.Transform;

/// <summary>
/// Builds of a project by a program that is started for it, ours or dbt, with a profile of its own for the database. What it writes goes into a
/// temporary folder, deleted on disposal.
/// </summary>
internal sealed class WholeProcess : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("transform-process-");
    private readonly string _project;

    public WholeProcess(string project, string connectionString, string schema, int threads)
    {
        _project = Path.GetFullPath(project);
        var profile = ProjectHeader.Read(_project, new Dictionary<string, object?>()).Profile ?? "bench";
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        File.WriteAllText(Path.Combine(_folder.FullName, "profiles.yml"), string.Create(CultureInfo.InvariantCulture, $"""
            {profile}:
              target: postgres
              outputs:
                postgres:
                  type: postgres
                  host: {connection.Host}
                  port: {connection.Port}
                  user: {connection.Username}
                  password: '{connection.Password}'
                  dbname: {connection.Database}
                  schema: {schema}
                  threads: {threads}

            """));
    }

    /// <summary>Leads what dbt and our verbs write to the temporary folder.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["DBT_TARGET_PATH"] = Path.Combine(_folder.FullName, "target"),
        ["DBT_LOG_PATH"] = Path.Combine(_folder.FullName, "logs"),
    };

    /// <summary>What follows <c>transform</c> on the command line.</summary>
    public string[] Arguments(string verb) => [verb, "--project-dir", _project, "--profiles-dir", _folder.FullName];

    /// <param name="program">The program and the arguments before the verb.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The build failed.</exception>
    public async Task BuildAsync(IReadOnlyList<string> program, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. Arguments("build")])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _project,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', program)} ended with {process.ExitCode}:\n{output}");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
