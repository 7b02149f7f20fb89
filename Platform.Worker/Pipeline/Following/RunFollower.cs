using System.Diagnostics;

namespace Platform.Worker.Pipeline.Following;

/// <summary>
/// Tells of runs to those who want to know, and neither holds them up nor makes them fail: a trace per run (<see cref="PipelineTelemetry.Source"/>),
/// metrics, and the registered observers.
/// </summary>
internal sealed class RunFollower(PipelineMetrics metrics, IEnumerable<IRunObserver> observers, TimeProvider clock, ILogger<RunFollower> logger)
{
    private readonly IRunObserver[] _observers = [.. observers];

    /// <summary>This process begins to work on a run. The run's trace has its span as root, whatever asked for it.</summary>
    public FollowedRun Begin(RunIdentity run)
    {
        var asked = Activity.Current;
        Activity.Current = null;
        var activity = PipelineTelemetry.Source.StartActivity(
            ActivityKind.Internal,
            links: asked is null ? null : [new ActivityLink(asked.Context)],
            tags:
            [
                new(PipelineTelemetry.Pipeline, run.Pipeline), new(PipelineTelemetry.DataDate, $"{run.Date:yyyy-MM-dd}"),
                new(PipelineTelemetry.RunId, run.Id.ToString()),
            ],
            name: run.Pipeline);
        if (activity is null)
        {
            Activity.Current = asked;
        }

        Tell(new RunStarted(run, clock.GetUtcNow()));
        return new FollowedRun(this, run, activity);
    }

    /// <param name="task">The task's name.</param>
    /// <param name="runs">The runs that it works on, of consecutive dates, oldest first.</param>
    public FollowedTask BeginTask(string task, IReadOnlyList<FollowedRun> runs)
    {
        var newest = runs[^1];
        var dates = new DataDateRange(runs[0].Date, newest.Date);
        var activity = PipelineTelemetry.Source.StartActivity(
            ActivityKind.Internal,
            newest.Activity?.Context ?? default,
            [
                new(PipelineTelemetry.Pipeline, newest.Identity.Pipeline), new(PipelineTelemetry.Task, task),
                new(PipelineTelemetry.DataDate, dates.ToString()), new(PipelineTelemetry.RunId, newest.Identity.Id.ToString()),
            ],
            runs.SkipLast(1).Select(run => run.Activity).OfType<Activity>().Select(run => new ActivityLink(run.Context)),
            name: task);
        return new FollowedTask(this, newest, task, dates, activity);
    }

    public void Ended(FollowedRun run, RunState state, string? error, TimeSpan duration)
    {
        metrics.RunEnded(run.Identity.Pipeline, state, duration);
        Tell(new RunEnded(run.Identity, clock.GetUtcNow(), state, error));
    }

    public void TaskStarted(FollowedTask task) => Tell(new TaskStarted(task.Run, clock.GetUtcNow(), task.Task, task.Dates));

    public void TaskRetried(FollowedTask task) => metrics.TaskRetried(task.Run.Pipeline, task.Task);

    public void TaskEnded(FollowedTask task, TaskState state, string? error, object? made, TimeSpan duration)
    {
        metrics.TaskEnded(task.Run.Pipeline, task.Task, state, duration);
        Tell(new TaskEnded(task.Run, clock.GetUtcNow(), task.Task, task.Dates, state, error, made));
    }

    private void Tell(RunFact fact)
    {
        foreach (var observer in _observers)
        {
            try
            {
                observer.Observe(fact);
            }
            catch (Exception exception)
            {
                Log.ObserverFailed(logger, exception, observer.GetType().Name);
            }
        }
    }
}
