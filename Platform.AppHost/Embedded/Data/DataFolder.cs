using System.Text.Json;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Data;

/// <summary>A data folder, held by this process alone until disposed.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockFile = "lock";
    private readonly FileLock _lock;

    private DataFolder(string path, FileLock held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    public string Azurite => System.IO.Path.Combine(Path, "azurite");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>The password of <c>bi_reader</c> in the form that PostgreSQL's clients read (PGPASSFILE).</summary>
    public string PasswordFile => System.IO.Path.Combine(Path, "pgpass");

    /// <summary>The Worker's connection strings for a subshell (<c>(. file; command)</c>), so that its verbs find the running servers.</summary>
    public string EnvironmentFile => System.IO.Path.Combine(Path, "env");

    /// <summary>Ports and passwords (<see cref="InstanceSettings"/>).</summary>
    public string SettingsFile => System.IO.Path.Combine(Path, "settings.json");

    private string RunningFile => System.IO.Path.Combine(Path, "running.json");

    /// <summary>Takes the folder. Fails when another AppHost has it, or when PostgreSQL could not reach it.</summary>
    public static DataFolder Open(string path)
    {
        if (!PlatformFolder.IsReachable(path))
        {
            throw new ServerException(
                $"PostgreSQL runs as the user {UnprivilegedUser.IfRoot!.Name}, which cannot enter every folder of {path}. Name another one with --data.");
        }

        PlatformFolder.CreateReadable(path);
        if (FileLock.TryAcquire(System.IO.Path.Combine(path, LockFile)) is { } held)
        {
            var folder = new DataFolder(path, held);
            PlatformFolder.CreateReadable(folder.Logs);
            return folder;
        }

        var running = RunningInstance.Read(System.IO.Path.Combine(path, "running.json"));
        var who = running is null ? "Another process" : $"Process {running.ProcessId} ({running.Console})";
        throw new ServerException($"{who} runs on the data in {path} already. Stop it first, or use other data with --data.");
    }

    /// <summary>Deletes what an AppHost has put here, and nothing else: the folder may be one that holds other things too.</summary>
    public void Wipe()
    {
        foreach (var folder in new[] { Postgres, Azurite, Logs }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in new[] { SettingsFile, PasswordFile, EnvironmentFile, RunningFile })
        {
            File.Delete(file);
        }

        PlatformFolder.CreateReadable(Logs);
    }

    /// <summary>Notes the processes of this start, for the next one in case this one is killed.</summary>
    public void NoteRunning(RunningInstance running) => File.WriteAllText(RunningFile, JsonSerializer.Serialize(running, RunningInstance.Format));

    /// <summary>All children have been stopped.</summary>
    public void NoteStopped() => File.Delete(RunningFile);

    /// <summary>Stops what a killed AppHost left running on this folder.</summary>
    public async Task StopLeftOversAsync(Action<string> report, CancellationToken cancellationToken)
    {
        if (RunningInstance.Read(RunningFile) is { } leftOver)
        {
            await leftOver.StopChildrenAsync(report, cancellationToken);
            NoteStopped();
        }
    }

    public void Dispose() => _lock.Dispose();
}
