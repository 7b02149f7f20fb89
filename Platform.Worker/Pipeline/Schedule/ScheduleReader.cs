using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Deadlines;
using Platform.Worker.Pipeline.Tasks;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>When a pipeline fires, and how its deadlines stand.</summary>
/// <param name="Holidays">How many the file of holidays has.</param>
/// <param name="HolidaysUntil">The last of them: after it the file says nothing.</param>
/// <param name="Paused">Since when it is paused, by whom and why; null when it is not.</param>
/// <param name="Next">The next firings.</param>
/// <param name="Deadlines">The deadlines of the newest data dates, newest first.</param>
internal sealed record ScheduleStatus(
    string Pipeline,
    string Cron,
    string TimeZone,
    IReadOnlyList<string> WeekendDays,
    int Holidays,
    DateOnly? HolidaysUntil,
    bool DataOnDaysOff,
    string Overlap,
    string? ReadyBy,
    Pause? Paused,
    IReadOnlyList<PlannedFiring> Next,
    IReadOnlyList<Deadline> Deadlines);

/// <summary>A firing to come.</summary>
/// <param name="FiresAt">When, in UTC.</param>
/// <param name="LocalTime">The same by the schedule's clocks.</param>
/// <param name="DataDates">The data dates that it processes.</param>
/// <param name="ReadyBy">By when they are to be ready; null without a deadline.</param>
internal sealed record PlannedFiring(DateTimeOffset FiresAt, DateTimeOffset LocalTime, IReadOnlyList<DateOnly> DataDates, DateTimeOffset? ReadyBy);

/// <summary>Tells when a pipeline fires, as this process is configured, and how its deadlines stand.</summary>
internal sealed class ScheduleReader(
    BusinessCalendar calendar,
    DataDates dataDates,
    DeadlineRecords deadlines,
    PipelinePause pause,
    IOptions<PipelineOptions> options,
    TimeProvider clock)
{
    /// <param name="count">How many firings and deadlines.</param>
    /// <param name="cancellationToken">Ends the statements.</param>
    public async Task<ScheduleStatus> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var set = options.Value;
        return new(
            EtlFullPipeline.Name, set.Cron, set.TimeZone, [.. calendar.WeekendDays.Select(day => day.ToString())],
            calendar.Holidays.Count, calendar.Holidays.Count == 0 ? null : calendar.Holidays.Keys.Max(), calendar.DataOnDaysOff, set.Overlap, set.ReadyBy,
            await pause.FindAsync(EtlFullPipeline.Name, cancellationToken),
            [.. DailyTrigger.Next(set.Cron, calendar, clock.GetUtcNow()).Take(count).Select(Plan)],
            await deadlines.LatestAsync(EtlFullPipeline.Name, count, cancellationToken));
    }

    private PlannedFiring Plan(DateTimeOffset fire) => new(
        fire, TimeZoneInfo.ConvertTime(fire, calendar.Zone), dataDates.Of(fire),
        options.Value.ReadyByTime is { } time ? calendar.At(calendar.DayOf(fire), time) : null);
}
