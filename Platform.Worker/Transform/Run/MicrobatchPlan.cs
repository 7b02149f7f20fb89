using System.Globalization;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Which batches a run of a microbatch model has (https://docs.getdbt.com/docs/build/incremental-microbatch): from the given event time, or
/// on a first run and a full refresh from <c>begin</c>, or else <c>lookback</c> batches before the newest.
/// </summary>
internal static class MicrobatchPlan
{
    public const string Strategy = "microbatch";

    /// <summary>More than eleven years of hours. What asks for more has a wrong start rather than that much to do.</summary>
    private const int MaxBatches = 100_000;

    public static bool Applies(Node node) => node.ResourceType is ResourceType.Model
        && node.Config.Materialized == "incremental" && node.Config.IncrementalStrategy == Strategy;

    /// <param name="node">The model.</param>
    /// <param name="isIncremental">Its table is there and stays.</param>
    /// <param name="start">First event time asked for.</param>
    /// <param name="end">End of the event time asked for, exclusive.</param>
    /// <param name="now">When the invocation began: the end when none is asked for.</param>
    /// <exception cref="TransformException">The model lacks a setting that microbatch needs, or has too many batches.</exception>
    public static IReadOnlyList<MicrobatchWindow> Make(Node node, bool isIncremental, DateTimeOffset? start, DateTimeOffset? end, DateTimeOffset now)
    {
        var size = BatchSizes.Parse(node.Config.Text("batch_size")) ?? throw Missing(node, "batch_size", "hour, day, month or year");
        if (node.Config.Text("event_time") is null)
        {
            throw Missing(node, "event_time", "the column that says when a row happened");
        }

        var last = size.Ceiling(end ?? now);
        var at = start is { } given ? size.Truncate(given)
            : isIncremental ? Newest(node, size, last)
            : size.Truncate(Begin(node) ?? throw Missing(node, "begin", "the first event time, such as '2024-01-01'"));
        var windows = new List<MicrobatchWindow>();
        do
        {
            if (windows.Count == MaxBatches)
            {
                throw new TransformException(
                    node.At,
                    $"microbatch model '{node.Name}' has more than {MaxBatches} batches from {windows[0].Name} to {size.Format(last)}. "
                    + "Let it begin later ('begin', --event-time-start), or give it a larger 'batch_size'.");
            }

            var next = size.Offset(at, 1);
            windows.Add(Window(size, at, next < last ? next : last));
            at = next;
        }
        while (at < last);
        windows[0] = windows[0] with { IsFirst = true };
        windows[^1] = windows[^1] with { IsLast = true };
        return windows;
    }

    /// <summary>One batch that has all of these.</summary>
    public static MicrobatchWindow Join(IReadOnlyList<MicrobatchWindow> windows) =>
        windows[0] with { End = windows[^1].End, Name = $"{windows[0].Name} to {windows[^1].Name}", IsLast = true };

    /// <summary>The batches that a former run has failed on.</summary>
    public static IReadOnlyList<MicrobatchWindow> Retry(Node node, IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> failed)
    {
        var size = BatchSizes.Parse(node.Config.Text("batch_size")) ?? throw Missing(node, "batch_size", "hour, day, month or year");
        return [.. failed.Order().Select((batch, index) => Window(size, batch.Start, batch.End) with { IsFirst = index == 0, IsLast = index == failed.Count - 1 })];
    }

    public static DateTimeOffset? Begin(Node node) => node.Config["begin"] switch
    {
        DateTimeOffset instant => instant,
        DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
        DateOnly date => new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        { } text when DateTimeOffset.TryParse(
            text.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) => instant,
        _ => null,
    };

    private static DateTimeOffset Newest(Node node, BatchSize size, DateTimeOffset last)
    {
        var lookback = int.TryParse(node.Config.Text("lookback"), CultureInfo.InvariantCulture, out var batches) ? batches : 1;
        // An end on the border of two batches closes the batch before it.
        return size.Offset(last, -(size.Truncate(last) == last ? lookback + 1 : lookback));
    }

    private static MicrobatchWindow Window(BatchSize size, DateTimeOffset start, DateTimeOffset end) =>
        new(size.Format(start).Replace("-", "", StringComparison.Ordinal), start, end) { Name = size.Format(start) };

    private static TransformException Missing(Node node, string key, string what) =>
        new(node.At, $"microbatch model '{node.Name}' needs the config '{key}': {what}.");
}
