using Platform.AppHost.Embedded.Servers;

namespace Platform.Testing;

/// <summary>The data folder of one test process. A process that was killed leaves its folder; the next one deletes it.</summary>
internal sealed class TestFolder : IDisposable
{
    private const string LockFile = "lock";
    private readonly FileLock _lock;

    private TestFolder(string path, FileLock inUse)
    {
        Path = path;
        _lock = inUse;
    }

    public string Path { get; }

    public static TestFolder Create()
    {
        var parent = PlatformFolder.CreateReadable(System.IO.Path.Combine(PlatformFolder.Default, "tests"));
        foreach (var folder in Directory.GetDirectories(parent))
        {
            DeleteUnlessInUse(folder);
        }

        var path = PlatformFolder.CreateReadable(System.IO.Path.Combine(parent, Guid.NewGuid().ToString("N")[..8]));
        return new TestFolder(path, FileLock.TryAcquire(System.IO.Path.Combine(path, LockFile))!);
    }

    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private static void DeleteUnlessInUse(string folder)
    {
        // A folder without its lock file is just being made.
        if (!File.Exists(System.IO.Path.Combine(folder, LockFile)))
        {
            return;
        }

        using var abandoned = FileLock.TryAcquire(System.IO.Path.Combine(folder, LockFile));
        if (abandoned is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
