using System.Security.Cryptography;
using System.Text;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>Where the embedded servers live: installed packages and data.</summary>
internal static class PlatformFolder
{
    private const string InRepository = ".platform";

    /// <summary>
    /// <c>.platform</c> in the repository that holds this program; below <c>/var/lib</c> when this process is root and the user that
    /// PostgreSQL runs as cannot reach the repository (for example below a home with mode 0700).
    /// </summary>
    public static string Default { get; } = Locate();

    /// <summary>Whether <see cref="Default"/> lies outside the repository.</summary>
    public static bool IsElsewhere { get; } = Path.GetFileName(Default) != InRepository;

    /// <summary>Creates the folder so that every user can enter it, whatever the umask.</summary>
    public static string CreateReadable(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return path;
        }

        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        if (Directory.Exists(path))
        {
            return path;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            CreateReadable(parent);
        }

        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, readable);
        return path;
    }

    /// <summary>Whether the user that PostgreSQL runs as can reach what is in the folder.</summary>
    public static bool IsReachable(string path)
    {
        if (OperatingSystem.IsWindows() || UnprivilegedUser.IfRoot is null)
        {
            return true;
        }

        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static string Locate()
    {
        var repository = FindRepository();
        var inside = Path.Combine(repository, InRepository);
        if (IsReachable(inside))
        {
            return inside;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(repository)))[..8];
        return Path.Combine("/var/lib/platform", $"{Path.GetFileName(repository)}-{hash}");
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
