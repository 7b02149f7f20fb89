using System.Diagnostics;

namespace Platform.Worker.Pipeline.Following;

/// <summary>A run that this process works on: its trace, and what observers hear of it.</summary>
internal sealed class FollowedRun(RunFollower follower, RunIdentity identity, Activity? activity)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private bool _ended;

    public RunIdentity Identity => identity;

    public DateOnly Date => identity.Date;

    /// <summary>The run's span; null when nobody listens.</summary>
    public Activity? Activity => activity;

    /// <summary>The run has ended.</summary>
    public void End(RunState state, string? error = null)
    {
        if (!_ended)
        {
            follower.Ended(this, state, error, Stopwatch.GetElapsedTime(_started));
        }

        Leave(state.Word(), error);
    }

    /// <summary>This process is done with the run, which goes on later or elsewhere.</summary>
    public void Leave(string state, string? error = null)
    {
        _ended = true;
        if (activity is null || activity.IsStopped)
        {
            return;
        }

        activity.SetTag(PipelineTelemetry.State, state);
        if (state == RunState.Failed.Word())
        {
            activity.SetStatus(ActivityStatusCode.Error, error);
        }

        // Stopping makes the span before it the current one, which is another flow's.
        var current = Activity.Current;
        activity.Stop();
        Activity.Current = current;
    }
}
