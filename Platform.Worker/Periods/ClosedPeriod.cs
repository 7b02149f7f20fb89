namespace Platform.Worker.Periods;

/// <summary>A month whose results were kept.</summary>
/// <param name="Period">The month, as 2026-01.</param>
/// <param name="PublicationId">The publication whose results they are.</param>
/// <param name="State">closed or reopened.</param>
internal sealed record ClosedPeriod(
    string Period,
    string State,
    long PublicationId,
    DateTimeOffset PublishedAt,
    DateTimeOffset ClosedAt,
    string ClosedBy,
    string? Why,
    DateTimeOffset? ReopenedAt,
    string? ReopenedBy,
    string? ReopenedWhy,
    IReadOnlyList<KeptResult> Results);

/// <summary>What was kept of one saved query.</summary>
internal sealed record KeptResult(string SavedQuery, int Rows, string Receipt);

/// <summary>A saved query of the current publication.</summary>
/// <param name="Metrics">Its metrics.</param>
/// <param name="Limit">Its own limit; null when it wants all rows.</param>
internal sealed record SavedQuery(string Name, IReadOnlyList<string> Metrics, int? Limit);

/// <summary>The metrics API's answer to a saved query for one month.</summary>
/// <param name="Columns">JSON array of name, type, unit and label.</param>
/// <param name="Rows">JSON array of rows.</param>
/// <param name="Count">How many rows.</param>
internal sealed record SavedAnswer(SavedQuery Query, long PublicationId, string Receipt, string Columns, string Rows, int Count);
