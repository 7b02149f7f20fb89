using System.Globalization;

namespace Platform.Worker.Transform.Catalog;

/// <summary>Rows of a time: from <see cref="Start"/> on and before <see cref="End"/>, by the column that a model's <c>event_time</c> names.</summary>
internal sealed record EventTimeFilter(string FieldName, DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>The condition in SQL; null when it has no bounds.</summary>
    public string? Condition => (Start, End) switch
    {
        ({ } start, { } end) => $"{FieldName} >= '{Text(start)}' and {FieldName} < '{Text(end)}'",
        ({ } start, null) => $"{FieldName} >= '{Text(start)}'",
        (null, { } end) => $"{FieldName} < '{Text(end)}'",
        _ => null,
    };

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString(
        instant.UtcTicks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss'+00:00'" : "yyyy-MM-dd HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
}
