using Platform.AppHost.Embedded.Data;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Children;

/// <summary>The running children and their logs: notices the first child that ends by itself, and stops them in order.</summary>
/// <param name="folder">Where the children are noted, for a start after a kill, and where their logs go.</param>
/// <param name="terminal">Gets the log lines that call for attention.</param>
/// <param name="console">The console's address, by which another AppHost names this one.</param>
/// <param name="verbose">Show every log line.</param>
internal sealed class Supervisor(DataFolder folder, Terminal terminal, string console, bool verbose) : IAsyncDisposable
{
    private static readonly string[] StopOrder = ["api", "worker", "azurite", "postgres"];
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private readonly Lock _lock = new();
    private readonly List<ChildProcess> _children = [];
    private readonly List<ChildLog> _logs = [];
    private readonly TaskCompletionSource<ChildProcess> _firstEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopping;

    /// <summary>Completes with the first child that ends without having been asked to.</summary>
    public Task<ChildProcess> FirstEnded => _firstEnded.Task;

    /// <summary>Opens the log of a child that is about to start; gets its lines.</summary>
    public Action<string> Log(string name, Func<string, bool?> isShown)
    {
        var log = new ChildLog(name, folder.Logs, terminal, verbose ? LogFilters.All : isShown);
        lock (_lock)
        {
            _logs.Add(log);
        }

        return log.Receive;
    }

    public void Watch(ChildProcess child)
    {
        lock (_lock)
        {
            _children.Add(child);
            folder.NoteRunning(new RunningInstance(
                Environment.ProcessId, console, [.. _children.Select(RunningChild.Of).OfType<RunningChild>()]));
        }

        _ = child.Exited.ContinueWith(
            _ =>
            {
                lock (_lock)
                {
                    if (!_stopping)
                    {
                        _firstEnded.TrySetResult(child);
                    }
                }
            },
            TaskScheduler.Default);
    }

    /// <summary>Stops the children in order: who uses another stops before it.</summary>
    public async Task StopAsync()
    {
        List<ChildProcess> children;
        lock (_lock)
        {
            _stopping = true;
            children = [.. _children.OrderBy(child => Array.IndexOf(StopOrder, child.Name))];
        }

        foreach (var child in children)
        {
            if (!child.HasExited)
            {
                terminal.Step($"stopping {child.Name}");
            }

            await child.StopAsync(StopTimeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        foreach (var log in _logs)
        {
            log.Dispose();
        }
    }
}
