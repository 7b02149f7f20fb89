using Quartz;
using Quartz.Impl.Calendar;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>The schedule's clocks and its days off.</summary>
internal sealed class BusinessCalendar
{
    /// <summary>The name under which the scheduler knows it.</summary>
    public const string Name = "business";

    /// <summary>UTC, with no day off.</summary>
    public static BusinessCalendar EveryDay { get; } = new(TimeZoneInfo.Utc, [], [], dataOnDaysOff: true);

    private readonly HashSet<DayOfWeek> _weekend;

    public BusinessCalendar(TimeZoneInfo zone, HashSet<DayOfWeek> weekend, SortedDictionary<DateOnly, string> holidays, bool dataOnDaysOff)
    {
        (Zone, _weekend, Holidays, DataOnDaysOff) = (zone, weekend, holidays, dataOnDaysOff);
    }

    /// <summary>The calendar of valid options.</summary>
    public static BusinessCalendar Of(PipelineOptions options) => new(
        TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone),
        options.Calendar.ReadWeekend().Days,
        options.Calendar.Holidays is { Length: > 0 } file ? HolidayFile.Read(file).Days : [],
        options.Calendar.DataOnDaysOff);

    public TimeZoneInfo Zone { get; }

    /// <summary>The holidays with their names.</summary>
    public SortedDictionary<DateOnly, string> Holidays { get; }

    public IEnumerable<DayOfWeek> WeekendDays => _weekend.OrderBy(day => ((int)day + 6) % 7);

    /// <summary>Whether days off are data dates, which the next firing takes along.</summary>
    public bool DataOnDaysOff { get; }

    public bool IsOff(DateOnly day) => _weekend.Contains(day.DayOfWeek) || Holidays.ContainsKey(day);

    public DateOnly BusinessDayBefore(DateOnly day) => Next(day, -1);

    public DateOnly BusinessDayAfter(DateOnly day) => Next(day, 1);

    /// <summary>The day that the schedule's clocks show.</summary>
    public DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, Zone).DateTime);

    /// <summary>
    /// The moment at which the clocks show that time. Of a time that they skip it is the moment of the change, of one that they show twice the first, as the
    /// scheduler has it for firings.
    /// </summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        while (Zone.IsInvalidTime(local))
        {
            local = local.AddSeconds(60 - local.Second);
        }
        return new DateTimeOffset(local, Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The same for the scheduler.</summary>
    public ICalendar ToQuartz()
    {
        var weekend = new WeeklyCalendar { TimeZone = Zone };
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            _ = _weekend.Contains(day) ? weekend.AddExcludedDay(day) : weekend.RemoveExcludedDay(day);
        }
        var calendar = new HolidayCalendar(weekend) { TimeZone = Zone };
        foreach (var day in Holidays.Keys)
        {
            calendar.AddExcludedDay(day);
        }
        return calendar;
    }

    private DateOnly Next(DateOnly day, int step)
    {
        do
        {
            day = day.AddDays(step);
        }
        while (IsOff(day));
        return day;
    }
}
