namespace Platform.Worker.Pipeline;

/// <summary>State of a run: one pipeline for one data date.</summary>
internal enum RunState
{
    Queued,
    Running,
    Success,
    Failed,
    Cancelled,
}

/// <summary>State of a task within a run.</summary>
internal enum TaskState
{
    Pending,
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
}

/// <summary>The words of the ledger for the states above, as SQL and JSON have them.</summary>
internal static class StateWords
{
    public static string Word(this RunState state) => state switch
    {
        RunState.Queued => "queued",
        RunState.Running => "running",
        RunState.Success => "success",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Word(this TaskState state) => state switch
    {
        TaskState.Pending => "pending",
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
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger, null),
    };
}
