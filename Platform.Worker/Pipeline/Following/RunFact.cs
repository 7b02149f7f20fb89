namespace Platform.Worker.Pipeline.Following;

/// <summary>Something that happened to a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="At">When.</param>
internal abstract record RunFact(RunIdentity Run, DateTimeOffset At);

/// <summary>Work on the run began, for the first time or after an interruption.</summary>
internal sealed record RunStarted(RunIdentity Run, DateTimeOffset At) : RunFact(Run, At);

/// <summary>The run has ended: success, failed or cancelled.</summary>
internal sealed record RunEnded(RunIdentity Run, DateTimeOffset At, RunState State, string? Error) : RunFact(Run, At);

/// <summary>A task began its work. A task that works on several runs at once is told of the one of the newest date.</summary>
/// <param name="Run">The run.</param>
/// <param name="At">When.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Dates">The data dates that it works on.</param>
internal sealed record TaskStarted(RunIdentity Run, DateTimeOffset At, string Task, DataDateRange Dates) : RunFact(Run, At);

/// <summary>A task has ended: success, skipped, failed or cancelled.</summary>
/// <param name="Run">The run.</param>
/// <param name="At">When.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Dates">The data dates that it worked on.</param>
/// <param name="State">How it ended.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Made">What it made, of the type that the task gives (<see cref="TaskOutcome.Made"/>); null when it says nothing.</param>
internal sealed record TaskEnded(
    RunIdentity Run, DateTimeOffset At, string Task, DataDateRange Dates, TaskState State, string? Error, object? Made) : RunFact(Run, At);
