using System.ComponentModel.DataAnnotations;
using Platform.Worker.Loading;

namespace Platform.Worker.Operate.Api;

/// <summary>Runs the pipeline for one data date.</summary>
/// <param name="DataDate">The data date, e.g. 2026-01-31; yesterday (UTC) at the latest.</param>
/// <param name="Force">Load again even what has not changed. Default false.</param>
internal sealed record RunRequest(DateOnly DataDate, bool Force = false);

/// <summary>Runs the pipeline for every data date of a range.</summary>
/// <param name="From">The first data date.</param>
/// <param name="To">The last data date, included; yesterday (UTC) at the latest.</param>
/// <param name="Force">Load again even what has not changed. Default false.</param>
/// <param name="Order">oldest_first (default) or newest_first.</param>
/// <param name="Parallel">The most data dates that are loaded at once, by all Workers together, 1 to 64. Default: what each Worker allows.</param>
internal sealed record BackfillRequest(
    DateOnly From,
    DateOnly To,
    bool Force = false,
    [property: AllowedValues("oldest_first", "newest_first")] string Order = "oldest_first",
    [property: Range(1, 64)] int? Parallel = null);

/// <summary>Which ended runs to do again.</summary>
/// <param name="From">The first data date.</param>
/// <param name="To">The last data date, included. Default: from.</param>
/// <param name="Task">The task to do again, with all after it. Default: all tasks.</param>
/// <param name="Only">The task alone, not those after it. Default false.</param>
/// <param name="Force">Load again even what has not changed. Default false.</param>
/// <param name="Failed">Only runs that failed or were cancelled. Default false.</param>
internal sealed record ClearRunsRequest(DateOnly From, DateOnly? To = null, string? Task = null, bool Only = false, bool Force = false, bool Failed = false);

/// <summary>Which runs to cancel.</summary>
/// <param name="From">The first data date.</param>
/// <param name="To">The last data date, included. Default: from.</param>
/// <param name="Why">The reason, for the audit log.</param>
internal sealed record CancelRunsRequest(DateOnly From, DateOnly? To = null, string? Why = null);

/// <summary>Partitions older than their contract keeps them, oldest first.</summary>
internal sealed record RetiredPartitions(IReadOnlyList<RetiredPartition> Partitions);

/// <summary>Pauses or resumes the pipeline.</summary>
/// <param name="Why">The reason, for the audit log.</param>
internal sealed record PauseRequest(string? Why = null);

/// <summary>A request that was taken up.</summary>
/// <param name="Id">Names the request in the scheduler's history.</param>
/// <param name="From">The first data date asked for.</param>
/// <param name="To">The last data date asked for.</param>
/// <param name="Queued">How many runs it queued.</param>
/// <param name="Joined">How many runs were queued or running already; the request waits for these instead of running them twice.</param>
/// <param name="Backfill">The backfill's id; null for a single run.</param>
internal sealed record AcceptedRequest(string Id, DateOnly From, DateOnly To, int Queued, int Joined, long? Backfill);

/// <summary>Runs that were queued again.</summary>
internal sealed record ClearedRuns(IReadOnlyList<DateOnly> Queued);

/// <summary>Runs that were cancelled, and runs that the Worker that runs them was told to cancel.</summary>
internal sealed record CancelledRuns(IReadOnlyList<DateOnly> Cancelled, IReadOnlyList<DateOnly> Asked);

/// <summary>The latest runs.</summary>
/// <param name="Next">What <c>after</c> takes for the next page; null when this is the last.</param>
internal sealed record RunList(IReadOnlyList<Pipeline.RunRecord> Runs, string? Next);

/// <summary>The latest backfills, newest first.</summary>
internal sealed record BackfillList(IReadOnlyList<Pipeline.Backfills.BackfillRecord> Backfills);

/// <summary>The attempts of a run's tasks, oldest first.</summary>
internal sealed record AttemptList(IReadOnlyList<Pipeline.Logs.TaskAttempt> Attempts);

/// <summary>The log of an attempt.</summary>
internal sealed record AttemptLog(Pipeline.Logs.TaskAttempt Attempt, IReadOnlyList<Pipeline.Logs.TaskLogLine> Lines);

/// <summary>Changes, newest first.</summary>
internal sealed record AuditEntries(IReadOnlyList<Pipeline.Audit.AuditEntry> Entries);

/// <summary>The latest incidents, newest first.</summary>
internal sealed record IncidentList(IReadOnlyList<Pipeline.Arrivals.Incident> Incidents);
