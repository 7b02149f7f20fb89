using Microsoft.Extensions.Time.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Tests.Pipeline;

public sealed class DataDatesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-03-01T02:00:00Z", "2026-02-28")]
    [InlineData("2026-03-01T00:00:00Z", "2026-02-28")]
    [InlineData("2026-02-28T23:59:59Z", "2026-02-27")]
    // 01:30 in Berlin is still the day before in UTC.
    [InlineData("2026-03-02T01:30:00+02:00", "2026-02-28")]
    public void Of_AFireTime_IsTheUtcDayBefore(string fireTime, string date) =>
        Assert.Equal([DateOnly.Parse(date)], At("2026-06-01T00:00Z", BusinessCalendar.EveryDay).Of(DateTimeOffset.Parse(fireTime)));

    [Theory]
    [InlineData("2026-07-01T23:30:00Z", "2026-07-01")]
    [InlineData("2026-07-01T21:59:59Z", "2026-06-30")]
    [InlineData("2026-01-01T23:00:00Z", "2026-01-01")]
    public void Of_AFireTimeInAnotherTimeZone_IsTheDayBeforeByItsClocks(string fireTime, string date) =>
        Assert.Equal([DateOnly.Parse(date)], At("2026-06-01T00:00Z", new(Berlin, [], [], true)).Of(DateTimeOffset.Parse(fireTime)));

    [Fact]
    public void LastDue_EndsYesterday()
    {
        var dates = At("2026-03-02T00:10Z", BusinessCalendar.EveryDay);

        Assert.Equal([new(2026, 2, 27), new(2026, 2, 28), new(2026, 3, 1)], dates.LastDue(3));
        Assert.Empty(dates.LastDue(0));
    }

    /// <summary>Good Friday is 2026-04-03, Easter Monday 2026-04-06.</summary>
    [Theory]
    // Thursday, the last business day before Easter, and the days off after it.
    [InlineData("2026-04-02T10:00Z", true, "2026-03-31 2026-04-01")]
    [InlineData("2026-04-05T10:00Z", true, "2026-03-31 2026-04-01")]
    [InlineData("2026-04-05T10:00Z", false, "2026-03-31 2026-04-01")]
    [InlineData("2026-04-07T10:00Z", true, "2026-04-05 2026-04-06")]
    [InlineData("2026-04-07T10:00Z", false, "2026-04-01 2026-04-02")]
    public void LastDue_DaysOff_AreDueWithTheNextBusinessDayOrNotAtAll(string now, bool dataOnDaysOff, string expected) =>
        Assert.Equal(expected.Split(' ').Select(DateOnly.Parse), At(now, Easter(dataOnDaysOff)).LastDue(2));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_TheBusinessDaysOfAYear_HasEveryDataDateOnce(bool dataOnDaysOff)
    {
        var calendar = Easter(dataOnDaysOff);
        var dates = At("2027-01-05T00:00Z", calendar);
        var year = new DataDateRange(new(2026, 1, 1), new(2026, 12, 31));

        var processed = new DataDateRange(new(2026, 1, 2), new(2027, 1, 4)).Dates.Where(day => !calendar.IsOff(day))
            .SelectMany(day => dates.Of(calendar.At(day, new(2, 0)))).Where(date => date.Year == 2026).ToList();

        Assert.Equal(dates.In(year), processed);
        Assert.Equal(dataOnDaysOff ? 365 : 259, processed.Count);
        Assert.All(processed, date => Assert.Contains(date, dates.Of(calendar.At(dates.DueOn(date), new(2, 0)))));
    }

    [Fact]
    public void Consecutive_Gaps_SplitTheRange()
    {
        var day = new DateOnly(2026, 1, 1);

        Assert.Equal(
            [new(day, day.AddDays(1)), new(day.AddDays(3), day.AddDays(3)), new(day.AddDays(5), day.AddDays(6))],
            DataDateRange.Consecutive([day, day.AddDays(1), day.AddDays(3), day.AddDays(5), day.AddDays(6)]));
        Assert.Empty(DataDateRange.Consecutive([]));
    }

    private static DataDates At(string now, BusinessCalendar calendar) => new(calendar, new FakeTimeProvider(DateTimeOffset.Parse(now)));

    private static BusinessCalendar Easter(bool dataOnDaysOff) => new(
        Berlin, [DayOfWeek.Saturday, DayOfWeek.Sunday], new() { [new(2026, 4, 3)] = "Good Friday", [new(2026, 4, 6)] = "Easter Monday" }, dataOnDaysOff);
}
