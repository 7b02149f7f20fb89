using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Data;

/// <summary>A child that was started.</summary>
/// <param name="StartTime">When, by the operating system's account (UTC): tells the process from a later one of the same id.</param>
internal sealed record RunningChild(string Name, int ProcessId, DateTime StartTime, Signal StopSignal)
{
    private static readonly TimeSpan ClockResolution = TimeSpan.FromSeconds(1);

    /// <summary>Null when the child has ended already.</summary>
    public static RunningChild? Of(ChildProcess child)
    {
        using var process = ById(child.Id);
        return process is null ? null : new RunningChild(child.Name, child.Id, process.StartTime.ToUniversalTime(), child.StopSignal);
    }

    /// <summary>The process; null when it has ended, even if its id belongs to another one now.</summary>
    public Process? Find()
    {
        var process = ById(ProcessId);
        if (process is not null && (process.StartTime.ToUniversalTime() - StartTime).Duration() > ClockResolution)
        {
            process.Dispose();
            return null;
        }

        return process;
    }

    private static Process? ById(int processId)
    {
        Process? process = null;
        try
        {
            process = Process.GetProcessById(processId);
            _ = process.StartTime;
            return process;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It is gone, or it is not ours to look at.
            process?.Dispose();
            return null;
        }
    }
}

/// <summary>The processes of one start of the AppHost.</summary>
internal sealed record RunningInstance(int ProcessId, string Console, IReadOnlyList<RunningChild> Children)
{
    public static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The instance noted in the file; null when there is none, or the note was cut off.</summary>
    public static RunningInstance? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunningInstance>(File.ReadAllText(path), Format);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Stops, latest first, the children that are still running.</summary>
    public async Task StopChildrenAsync(Action<string> report, CancellationToken cancellationToken)
    {
        foreach (var child in Children.Reverse())
        {
            using var process = child.Find();
            if (process is null)
            {
                continue;
            }

            report($"stopping {child.Name}, which an earlier start left running (process {child.ProcessId})");
            if (OperatingSystem.IsWindows())
            {
                process.Kill(entireProcessTree: true);
            }
            else
            {
                Signals.Send(child.ProcessId, child.StopSignal);
            }

            try
            {
                await process.WaitForExitAsync(cancellationToken).WaitAsync(StopTimeout, cancellationToken);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
