using System.Diagnostics;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>PostgreSQL processes that are no children of this process.</summary>
internal static class ServerProcesses
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Whether a server, or what is left of one, works on the data folder: on Linux any process whose working folder it is, elsewhere the
    /// process named by the folder's <c>postmaster.pid</c> if that is a PostgreSQL.
    /// </summary>
    public static bool AreOn(string folder, int processId) => OperatingSystem.IsLinux()
        ? Directory.EnumerateDirectories("/proc").Any(process => WorkingFolder(process) == folder)
        : IsPostgres(processId);

    /// <summary>Asks the server to stop; false when its processes are still there after the time.</summary>
    public static async Task<bool> StopAsync(string folder, int processId, Signal signal, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (IsPostgres(processId))
        {
            Signals.Send(processId, signal);
        }

        var asked = Stopwatch.GetTimestamp();
        while (AreOn(folder, processId))
        {
            if (Stopwatch.GetElapsedTime(asked) > timeout)
            {
                return false;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        return true;
    }

    private static bool IsPostgres(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string? WorkingFolder(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
