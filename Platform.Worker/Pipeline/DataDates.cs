namespace Platform.Worker.Pipeline;

/// <summary>Data dates are UTC days; the newest one that is due is yesterday.</summary>
internal static class DataDates
{
    /// <summary>The data date that a firing scheduled for <paramref name="scheduledFireTime"/> processes: the UTC day before it.</summary>
    public static DateOnly Of(DateTimeOffset scheduledFireTime) => DateOnly.FromDateTime(scheduledFireTime.UtcDateTime).AddDays(-1);

    public static DateOnly NewestDue(TimeProvider clock) => Of(clock.GetUtcNow());

    /// <summary>The last <paramref name="days"/> due dates, oldest first.</summary>
    public static DateOnly[] LastDue(TimeProvider clock, int days)
    {
        var newest = NewestDue(clock);
        return [.. Enumerable.Range(0, days).Select(i => newest.AddDays(i + 1 - days))];
    }
}
