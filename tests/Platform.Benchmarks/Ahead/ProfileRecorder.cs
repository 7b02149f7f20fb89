using Platform.Benchmarks.Transform;
using Platform.Testing;
using Verbs = Platform.Worker.Operate.Cli.CommandLine;

namespace Platform.Benchmarks.Ahead;

/// <summary>
/// Runs transform verbs in this process and writes down which generic code they had compiled. The compiler ahead of time, which finds only
/// instantiations that are called directly, is given the list when the Worker is published.
/// </summary>
internal static class ProfileRecorder
{
    /// <summary>Followed by the file to write.</summary>
    public const string Argument = "profile";

    private const int Domains = 3;
    private static readonly string[] Recorded = ["parse", "build", "build", "test", "docs generate", "ls"];

    /// <param name="projects">Projects to build besides the generated one.</param>
    /// <param name="path">The profile to write.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public static async Task RecordAsync(IReadOnlyList<string> projects, string path, CancellationToken cancellationToken)
    {
        await using var servers = new EmbeddedServers();
        using var methods = new CompiledMethods();
        var generated = Directory.CreateTempSubdirectory("profile-");
        try
        {
            GeneratedProject.Write(generated.FullName, Domains);
            foreach (var project in projects.Prepend(generated.FullName))
            {
                await RunVerbsAsync(servers, project, cancellationToken);
            }
        }
        finally
        {
            generated.Delete(recursive: true);
        }

        var compiled = await methods.StopAsync(cancellationToken);
        ProfileWriter.Write(path, compiled);
        Console.WriteLine($"{path}: {compiled.Count} methods");
    }

    private static async Task RunVerbsAsync(EmbeddedServers servers, string project, CancellationToken cancellationToken)
    {
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        using var process = new WholeProcess(project, database.ConnectionString, "profile", threads: 4);
        foreach (var (name, value) in process.Environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        foreach (var verb in Recorded)
        {
            if (await Verbs.InvokeAsync(["transform", .. verb.Split(' '), .. process.Arguments(verb).Skip(1)], static _ => { }) > 1)
            {
                throw new InvalidOperationException($"transform {verb} of {project} failed");
            }
        }
    }
}
