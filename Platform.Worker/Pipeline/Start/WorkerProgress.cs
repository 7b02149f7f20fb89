namespace Platform.Worker.Pipeline.Start;

/// <summary>How far the start has got, as <c>/api/v1/progress</c> tells it.</summary>
/// <param name="Phase">starting, migrating, catching_up, idle or failed.</param>
/// <param name="Done">Data dates done of this start's catch-up.</param>
/// <param name="Total">Data dates that this start's catch-up has to do.</param>
/// <param name="Message">One line for a person.</param>
internal sealed record StartProgress(string Phase, int Done, int Total, string Message);

/// <summary>The progress of this process' start.</summary>
internal sealed class WorkerProgress
{
    private volatile StartProgress _current = new("starting", 0, 0, "Starting.");

    public StartProgress Current => _current;

    public void Report(StartProgress progress) => _current = progress;
}
