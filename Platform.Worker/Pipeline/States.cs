namespace Platform.Worker.Pipeline;

/// <summary>State of a run: one pipeline for one data date.</summary>
internal enum RunState
{
    Queued,
    Running,

    /// <summary>A partition has not landed; the run goes on when it has.</summary>
    Waiting,
    Success,
    Failed,
    Cancelled,
}

/// <summary>State of a task within a run.</summary>
internal enum TaskState
{
    Pending,

    /// <summary>The partition that the task works on has not landed.</summary>
    Waiting,
    Running,
    Success,
    Failed,
    Skipped,
    UpstreamFailed,
    Cancelled,
}

/// <summary>Why a run was requested.</summary>
internal enum RunTrigger
{
    Schedule,
    CatchUp,
    Backfill,
    Manual,

    /// <summary>Other files have landed than those that were loaded.</summary>
    Correction,
}

/// <summary>The words of the ledger for the states above, as SQL and JSON have them.</summary>
internal static class StateWords
{
    public static string Word(this RunState state) => state switch
    {
        RunState.Queued => "queued",
        RunState.Running => "running",
        RunState.Waiting => "waiting",
        RunState.Success => "success",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Word(this TaskState state) => state switch
    {
        TaskState.Pending => "pending",
        TaskState.Waiting => "waiting",
        TaskState.Running => "running",
        TaskState.Success => "success",
        TaskState.Failed => "failed",
        TaskState.Skipped => "skipped",
        TaskState.UpstreamFailed => "upstream_failed",
        TaskState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Word(this RunTrigger trigger) => trigger switch
    {
        RunTrigger.Schedule => "schedule",
        RunTrigger.CatchUp => "catch_up",
        RunTrigger.Backfill => "backfill",
        RunTrigger.Manual => "manual",
        RunTrigger.Correction => "correction",
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger, null),
    };
}
