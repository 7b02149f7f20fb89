using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>A folder with PostgreSQL's <c>initdb</c> and <c>postgres</c>.</summary>
internal sealed partial record PostgresBinaries(string Folder, int MajorVersion)
{
    /// <summary>Environment variable that names a folder of PostgreSQL binaries to use instead of npm's.</summary>
    public const string FolderVariable = "PLATFORM_POSTGRES_BIN";

    private static readonly string[] SystemFolders =
    [
        "/usr/lib/postgresql", "/usr/pgsql", "/usr/local/opt", "/opt/homebrew/opt", "/Applications/Postgres.app/Contents/Versions",
    ];

    public string Initdb => Program(Folder, "initdb");

    public string Postgres => Program(Folder, "postgres");

    /// <summary>The binaries of the npm package, else the newest of the system. Fails with what to install when there are none.</summary>
    public static async Task<PostgresBinaries> FindAsync(ServerPackages? packages, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen)
        {
            return await ProbeAsync(chosen, cancellationToken)
                ?? throw new ServerException($"{FolderVariable} names {chosen}, but \"{Program(chosen, "postgres")} --version\" does not work there.");
        }

        if (packages is not null && await ProbeAsync(NpmFolder(packages), cancellationToken) is { } npm)
        {
            return npm;
        }

        PostgresBinaries? newest = null;
        foreach (var folder in SystemCandidates())
        {
            if (await ProbeAsync(folder, cancellationToken) is { } found && found.MajorVersion > (newest?.MajorVersion ?? 0))
            {
                newest = found;
            }
        }

        return newest ?? throw new ServerException(
            "Neither Node.js nor a PostgreSQL server was found: install Node.js 20 or newer (https://nodejs.org), from which PostgreSQL and Azurite "
            + "are installed by themselves, or a container engine (Docker or Podman).");
    }

    /// <summary>Runs <c>postgres --version</c> as the user that the server will run as; null when that does not work.</summary>
    private static async Task<PostgresBinaries?> ProbeAsync(string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(Program(folder, "postgres")) || !File.Exists(Program(folder, "initdb")))
        {
            return null;
        }

        await using var version = await ChildProcess.StartAsync(
            new ChildProcessStart("postgres --version", Program(folder, "postgres"), ["--version"]) { User = UnprivilegedUser.IfRoot },
            cancellationToken);
        await version.Exited.WaitAsync(cancellationToken);
        var match = Version().Match(version.LastLines);
        return version.ExitCode == 0 && match.Success ? new PostgresBinaries(folder, int.Parse(match.Groups[1].ValueSpan)) : null;
    }

    private static string NpmFolder(ServerPackages packages)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return Path.Combine(packages.Modules, "@embedded-postgres", $"{system}-{architecture}", "native", "bin");
    }

    private static IEnumerable<string> SystemCandidates()
    {
        if (Executable.Find("postgres") is { } onPath)
        {
            yield return Path.GetDirectoryName(onPath)!;
        }

        foreach (var folder in SystemFolders.Where(Directory.Exists).SelectMany(Directory.GetDirectories))
        {
            yield return Path.Combine(folder, "bin");
        }
    }

    private static string Program(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Version();
}
