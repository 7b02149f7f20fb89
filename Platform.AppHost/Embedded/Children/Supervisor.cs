using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Children;

/// <summary>The running children: notices the first that ends by itself, and stops them in order.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly string[] StopOrder = ["api", "worker", "azurite", "postgres"];
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private readonly Lock _lock = new();
    private readonly List<ChildProcess> _children = [];
    private readonly TaskCompletionSource<ChildProcess> _firstEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopping;

    /// <summary>Completes with the first child that ends without having been asked to.</summary>
    public Task<ChildProcess> FirstEnded => _firstEnded.Task;

    public IReadOnlyList<ChildProcess> Children
    {
        get
        {
            lock (_lock)
            {
                return [.. _children];
            }
        }
    }

    public void Watch(ChildProcess child)
    {
        lock (_lock)
        {
            _children.Add(child);
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
    public async Task StopAsync(Action<string> report)
    {
        lock (_lock)
        {
            _stopping = true;
        }

        foreach (var child in Children.OrderBy(child => Array.IndexOf(StopOrder, child.Name)))
        {
            if (!child.HasExited)
            {
                report($"stopping {child.Name}");
            }

            await child.StopAsync(StopTimeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in Children)
        {
            await child.DisposeAsync();
        }
    }
}
