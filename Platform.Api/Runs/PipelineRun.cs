using System.Collections.Immutable;

namespace Platform.Api.Runs;

/// <summary>A run of the pipeline for one data date.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="DataDate">The day whose partition it processes.</param>
/// <param name="State">queued, running, success, failed or cancelled.</param>
/// <param name="Trigger">schedule, catch_up, backfill or manual.</param>
/// <param name="Attempt">Attempts so far.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Tasks">Its tasks in order.</param>
public sealed record PipelineRun(
    string Pipeline,
    DateOnly DataDate,
    string State,
    string Trigger,
    int Attempt,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string? Error,
    ImmutableArray<TaskRun> Tasks)
{
    /// <summary>Time from begin to end, in seconds; null while it runs.</summary>
    public double? DurationSeconds => (FinishedAt - StartedAt)?.TotalSeconds;
}

/// <summary>A task of a run.</summary>
/// <param name="Task">Its name, e.g. etl_sales.</param>
/// <param name="State">pending, running, success, failed, skipped, upstream_failed or cancelled.</param>
/// <param name="Attempt">Attempts so far.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Rows">Rows that it handled.</param>
/// <param name="Error">Why it failed.</param>
public sealed record TaskRun(
    string Task, string State, int Attempt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? Rows, string? Error)
{
    /// <summary>Time from begin to end, in seconds; null while it runs.</summary>
    public double? DurationSeconds => (FinishedAt - StartedAt)?.TotalSeconds;
}

/// <summary>Days of the first catch-up.</summary>
/// <param name="Done">Days of which every domain is loaded.</param>
/// <param name="Total">Days asked for.</param>
public sealed record LoadProgress(int Done, int Total)
{
    public static LoadProgress None { get; } = new(0, 0);
}

/// <summary>What the tests of the last publication said, and what is in quarantine.</summary>
public sealed record CheckSummary(int Passed, int Warned, int Failed, long QuarantinedRows, long LoadedRows);
