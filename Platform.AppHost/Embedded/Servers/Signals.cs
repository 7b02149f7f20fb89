using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>Unix signals by which a child is asked to stop.</summary>
internal enum Signal
{
    /// <summary>PostgreSQL: fast shutdown.</summary>
    Interrupt = 2,

    /// <summary>PostgreSQL: immediate shutdown, recovery at the next start.</summary>
    Quit = 3,

    /// <summary>Others: orderly shutdown.</summary>
    Terminate = 15,
}

internal static class Signals
{
    private const int NoSuchProcess = 3;

    /// <summary>The name that command lines use.</summary>
    public static string Name(this Signal signal) => signal switch
    {
        Signal.Interrupt => "INT",
        Signal.Quit => "QUIT",
        _ => "TERM",
    };

    /// <summary>Sends the signal; a process that is gone is no error.</summary>
    public static void Send(int processId, Signal signal)
    {
        if (Kill(processId, (int)signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new ServerException($"Could not send {signal} to process {processId}.", new Win32Exception(error));
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
