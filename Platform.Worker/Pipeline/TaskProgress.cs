namespace Platform.Worker.Pipeline;

/// <summary>Progress told at once, on the thread that made it (<see cref="Progress{T}"/> posts, so the last ones may come too late).</summary>
internal sealed class TaskProgress(Action<TaskEvent> tell) : IProgress<TaskEvent>
{
    public void Report(TaskEvent value) => tell(value);
}
