using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Pipeline;

/// <summary>
/// Which data dates are due. They are days of the schedule's time zone. A date is due on the next business day; what lies between two business days is due
/// with the first of them, or is no data date at all (<see cref="CalendarOptions.DataOnDaysOff"/>).
/// </summary>
internal sealed class DataDates(BusinessCalendar calendar, TimeProvider clock)
{
    /// <summary>The newest date that there may be data of: yesterday.</summary>
    public DateOnly Newest => calendar.DayOf(clock.GetUtcNow()).AddDays(-1);

    /// <summary>The dates that a firing scheduled for <paramref name="scheduledFireTime"/> processes, ascending: those since the business day before it.</summary>
    public DateOnly[] Of(DateTimeOffset scheduledFireTime)
    {
        var day = calendar.DayOf(scheduledFireTime);
        return [.. In(new DataDateRange(calendar.BusinessDayBefore(day), day.AddDays(-1)))];
    }

    /// <summary>The day on whose firing the date is processed.</summary>
    public DateOnly DueOn(DateOnly date) => calendar.BusinessDayAfter(date);

    /// <summary>The last <paramref name="days"/> due dates, oldest first.</summary>
    public DateOnly[] LastDue(int days)
    {
        // What is due on the last business day that has begun.
        var date = calendar.BusinessDayBefore(calendar.DayOf(clock.GetUtcNow()).AddDays(1));
        var due = new DateOnly[days];
        for (var place = days - 1; place >= 0; place--)
        {
            due[place] = date = calendar.DataOnDaysOff ? date.AddDays(-1) : calendar.BusinessDayBefore(date);
        }
        return due;
    }

    /// <summary>The days of the range that are data dates.</summary>
    public IEnumerable<DateOnly> In(DataDateRange range) => range.Dates.Where(date => calendar.DataOnDaysOff || !calendar.IsOff(date));
}
