using System.Diagnostics;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>The account that PostgreSQL runs as when this process is root, which PostgreSQL refuses to be.</summary>
internal sealed record UnprivilegedUser(string Name, int UserId, int GroupId)
{
    private const string AccountName = "nobody";

    /// <summary>The account to drop to; null when this process is not root.</summary>
    public static UnprivilegedUser? IfRoot { get; } = Find();

    /// <summary>Makes the account the owner of the folder and of everything in it.</summary>
    public void Own(string folder)
    {
        using var chown = Process.Start(new ProcessStartInfo("chown", ["-R", $"{UserId}:{GroupId}", folder]))!;
        chown.WaitForExit();
        if (chown.ExitCode != 0)
        {
            throw new ServerException($"Could not give {folder} to the user {Name}: chown ended with exit code {chown.ExitCode}.");
        }
    }

    private static UnprivilegedUser? Find()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new ServerException("PostgreSQL does not run as root. Start this as an ordinary user.");
        }

        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            if (line.Split(':') is [AccountName, _, var user, var group, ..])
            {
                return new UnprivilegedUser(AccountName, int.Parse(user), int.Parse(group));
            }
        }

        throw new ServerException(
            $"PostgreSQL does not run as root, and /etc/passwd has no user \"{AccountName}\" to run it as. Start this as an ordinary user.");
    }
}
