namespace Platform.Worker.Pipeline;

/// <summary>Progress told at once, on the thread that made it (<see cref="Progress{T}"/> posts, so the last ones may come too late).</summary>
internal sealed class Immediate<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
