using System.Collections.Concurrent;
using System.Diagnostics;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>
/// Starts child processes from one thread that lives as long as this process. Linux sends a child's parent-death signal when the
/// <em>thread</em> that forked it ends, which for a pool thread would be some idle moment.
/// </summary>
internal static class Launcher
{
    private static readonly BlockingCollection<Action> Work = Begin();

    public static Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "child process launcher" }.Start();
        return work;
    }
}
