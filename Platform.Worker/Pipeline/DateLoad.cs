namespace Platform.Worker.Pipeline;

/// <summary>
/// The partition tasks of one data date: each begins when those that it depends on have succeeded, so tasks that do not depend on each other run
/// side by side. One that fails or waits holds up those after it and nothing else.
/// </summary>
internal sealed class DateLoad(IReadOnlyList<IPartitionTask> tasks, IReadOnlyCollection<string> done, int sideBySide)
{
    private readonly HashSet<string> _done = [.. done];
    private readonly List<IPartitionTask> _left = [.. tasks.Where(task => !done.Contains(task.Name))];
    private readonly List<Task<(IPartitionTask Task, TaskEnd End)>> _running = [];

    /// <summary>Why the date cannot be built: a task that failed, or else one that waits.</summary>
    public TaskEnd? Bad { get; private set; }

    /// <summary>Whether builds see something else than before.</summary>
    public bool Changed { get; private set; }

    /// <param name="run">Runs a task to its end.</param>
    /// <param name="ended">Told of every end: the task, whether it was the last, and with the last what is <see cref="Bad"/>.</param>
    /// <param name="cancellationToken">Interrupts the tasks.</param>
    public async Task RunAsync(
        Func<IPartitionTask, CancellationToken, Task<TaskEnd>> run, Action<string, TaskEnd, bool, TaskEnd?> ended, CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            Begin(run, together.Token);
            while (_running.Count > 0)
            {
                var next = await Task.WhenAny(_running);
                _running.Remove(next);
                var (task, end) = await next;
                Take(task, end);
                Begin(run, together.Token);
                ended(task.Name, end, _running.Count == 0, _running.Count == 0 ? Bad : null);
            }
        }
        catch
        {
            // No task goes on once the date is given back.
            await together.CancelAsync();
            await Task.WhenAll(_running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private void Take(IPartitionTask task, TaskEnd end)
    {
        if (end.State is TaskState.Failed || (end.State is TaskState.Waiting && Bad is null))
        {
            Bad = Bad is { State: TaskState.Failed } ? Bad : end;
        }
        if (end.State is TaskState.Success or TaskState.Skipped)
        {
            _done.Add(task.Name);
            Changed |= end.Changed;
        }
    }

    private void Begin(Func<IPartitionTask, CancellationToken, Task<TaskEnd>> run, CancellationToken cancellationToken)
    {
        foreach (var task in _left.Where(task => task.DependsOn.All(_done.Contains)).ToList())
        {
            if (sideBySide > 0 && _running.Count >= sideBySide)
            {
                break;
            }
            _left.Remove(task);
            _running.Add(RunAsync(task));
        }

        async Task<(IPartitionTask, TaskEnd)> RunAsync(IPartitionTask task) => (task, await run(task, cancellationToken));
    }
}
