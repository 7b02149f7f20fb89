using System.Collections.Immutable;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Closings;

/// <summary>A month that an operator closed, and of which publication its results were kept.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="ReopenedAt">When it was reopened; null while it is closed.</param>
internal sealed record Closing(
    long Id, DateOnly Month, long PublicationId, DateTimeOffset PublishedAt, DateTimeOffset ClosedAt, string ClosedBy, string? Why, DateTimeOffset? ReopenedAt)
{
    public string Name => Month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the month stood closed so at that time.</summary>
    public bool StoodAt(DateTimeOffset time) => ClosedAt <= time && (ReopenedAt is null || ReopenedAt > time);
}

/// <summary>What was kept of a saved query for a closed month.</summary>
/// <param name="Metrics">The metrics among its columns.</param>
/// <param name="Receipt">Of the answer that was kept.</param>
/// <param name="Rows">How many.</param>
internal sealed record KeptResult(
    Closing Closing, string SavedQuery, ImmutableArray<string> Metrics, string Receipt, ImmutableArray<AnswerColumn> Columns, int Rows)
{
    /// <summary>
    /// Whether the reader may read it. Its rows are numbers already, which cannot be told apart any more by a rule for rows; a metric that there is no
    /// more has no domain.
    /// </summary>
    public bool MayRead(ReaderPolicy reader, MetricCatalogue catalogue) =>
        !reader.IsRestricted
        || (reader.Rows.IsEmpty && !Metrics.IsEmpty && Metrics.All(name => reader.MayRead(name, catalogue.Metrics.GetValueOrDefault(name)?.Meta.Domain)));

    /// <exception cref="NotAllowedException">The reader may not read it.</exception>
    public void Allow(ReaderPolicy reader, MetricCatalogue catalogue)
    {
        if (!MayRead(reader, catalogue))
        {
            throw new NotAllowedException(reader.Rows.IsEmpty
                ? $"This key may not read all of {string.Join(", ", Metrics)}; /api/v1/metrics lists what it may read."
                : "This key may read some rows only, and results that were kept of closed months cannot be told apart by rows any more.");
        }
    }
}

/// <summary>What can be asked for as it was reported.</summary>
internal sealed record KeptPeriod(string Period, long PublicationId, DateTimeOffset PublishedAt, DateTimeOffset ClosedAt, DateTimeOffset? ReopenedAt)
{
    public static KeptPeriod Of(KeptResult result) =>
        new(result.Closing.Name, result.Closing.PublicationId, result.Closing.PublishedAt, result.Closing.ClosedAt, result.Closing.ReopenedAt);
}

/// <summary>What is asked for was not kept, or not as one.</summary>
internal sealed class NotKeptException(int status, string message, IEnumerable<KeptResult> kept) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>What was.</summary>
    public ImmutableArray<KeptPeriod> Kept { get; } = [.. kept.Select(KeptPeriod.Of)];
}
