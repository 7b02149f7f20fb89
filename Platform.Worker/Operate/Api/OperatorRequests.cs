namespace Platform.Worker.Operate.Api;

/// <summary>Runs the pipeline for one data date.</summary>
/// <param name="DataDate">The data date, e.g. 2026-01-31; yesterday (UTC) at the latest.</param>
/// <param name="Force">Load again even what has not changed. Default false.</param>
internal sealed record RunRequest(DateOnly DataDate, bool Force = false);

/// <summary>Runs the pipeline for every data date of a range.</summary>
/// <param name="From">The first data date.</param>
/// <param name="To">The last data date, included; yesterday (UTC) at the latest.</param>
/// <param name="Force">Load again even what has not changed. Default false.</param>
internal sealed record BackfillRequest(DateOnly From, DateOnly To, bool Force = false);

/// <summary>A request that was taken up.</summary>
/// <param name="Id">Names the request in the scheduler's history.</param>
/// <param name="From">The first data date asked for.</param>
/// <param name="To">The last data date asked for.</param>
/// <param name="Queued">How many runs it queued.</param>
/// <param name="Joined">How many runs were queued or running already; the request waits for these instead of running them twice.</param>
internal sealed record AcceptedRequest(string Id, DateOnly From, DateOnly To, int Queued, int Joined);

/// <summary>The latest runs.</summary>
internal sealed record RunList(IReadOnlyList<Pipeline.RunRecord> Runs);

/// <summary>The latest incidents, newest first.</summary>
internal sealed record IncidentList(IReadOnlyList<Pipeline.Arrivals.Incident> Incidents);
