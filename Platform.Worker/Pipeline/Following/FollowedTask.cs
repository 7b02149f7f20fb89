using System.Diagnostics;

namespace Platform.Worker.Pipeline.Following;

/// <summary>A task on the way: a span of the run of its newest date, and what observers hear of it.</summary>
internal sealed class FollowedTask(RunFollower follower, FollowedRun run, string task, DataDateRange dates, Activity? activity) : IDisposable
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private bool _started;

    public RunIdentity Run => run.Identity;

    public string Task => task;

    public DataDateRange Dates => dates;

    /// <summary>An attempt begins.</summary>
    public void Start()
    {
        if (!_started)
        {
            _started = true;
            follower.TaskStarted(this);
        }
    }

    /// <summary>An attempt met an infrastructure fault and is made again.</summary>
    public void Retry(int attempt, Exception fault)
    {
        follower.TaskRetried(this);
        activity?.AddEvent(new ActivityEvent(
            "retry", tags: new ActivityTagsCollection { ["platform.attempt"] = attempt, ["exception.message"] = fault.Message }));
    }

    /// <summary>The task has ended, or waits and has not begun.</summary>
    public void End(TaskState state, string? error = null, long? rows = null, object? made = null)
    {
        activity?.SetTag(PipelineTelemetry.State, state.Word()).SetTag(PipelineTelemetry.Rows, rows);
        if (state is TaskState.Failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error);
        }

        if (state is not TaskState.Waiting && (_started || state is not TaskState.Cancelled))
        {
            Start();
            follower.TaskEnded(this, state, error, made, Stopwatch.GetElapsedTime(_began));
        }
    }

    public void Dispose() => activity?.Dispose();
}
