using Microsoft.Extensions.Time.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Tests.Pipeline.Schedule;

/// <summary>When the scheduler fires, asked of its own computation, over the changes of the clocks and the days off.</summary>
public sealed class DailyTriggerTests
{
    [Theory]
    // On 2026-03-29 the clocks of Berlin go from 02:00 to 03:00.
    [InlineData("0 30 2 * * ?", "Europe/Berlin", "2026-03-28T00:00Z", "03-28T01:30 03-29T01:00 03-30T00:30")]
    [InlineData("0 0 2 * * ?", "Europe/Berlin", "2026-03-28T00:00Z", "03-28T01:00 03-29T01:00 03-30T00:00")]
    [InlineData("0 0 3 * * ?", "Europe/Berlin", "2026-03-28T00:00Z", "03-28T02:00 03-29T01:00 03-30T01:00")]
    // On 2026-10-25 they go from 03:00 back to 02:00.
    [InlineData("0 30 2 * * ?", "Europe/Berlin", "2026-10-24T00:00Z", "10-24T00:30 10-25T00:30 10-26T01:30")]
    [InlineData("0 0 2 * * ?", "Europe/Berlin", "2026-10-24T00:00Z", "10-24T00:00 10-25T00:00 10-26T01:00")]
    // Half an hour, at two in the night; midnight is skipped in Santiago.
    [InlineData("0 15 2 * * ?", "Australia/Lord_Howe", "2026-10-02T12:00Z", "10-02T15:45 10-03T15:30 10-04T15:15")]
    [InlineData("0 0 0 * * ?", "America/Santiago", "2026-09-05T00:00Z", "09-05T04:00 09-06T04:00 09-07T03:00")]
    public void Next_WhereTheClocksChange_FiresOnceADay(string cron, string zone, string from, string expected)
    {
        var calendar = new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), [], [], dataOnDaysOff: true);

        var fires = DailyTrigger.Next(cron, calendar, DateTimeOffset.Parse(from)).Take(3);

        Assert.Equal(expected.Split(' '), fires.Select(fire => fire.UtcDateTime.ToString("MM-dd'T'HH:mm")));
    }

    [Theory]
    [InlineData("Europe/Berlin", "0 30 2 * * ?")]
    [InlineData("Europe/Berlin", "0 0 0 * * ?")]
    [InlineData("America/New_York", "0 30 2 * * ?")]
    [InlineData("America/Santiago", "0 0 0 * * ?")]
    [InlineData("Australia/Lord_Howe", "0 45 1 * * ?")]
    [InlineData("Asia/Tokyo", "0 0 2 * * ?")]
    public void Next_OverAYear_HasEveryDataDateExactlyOnce(string zone, string cron)
    {
        var calendar = new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), [], [], dataOnDaysOff: true);
        var dates = new DataDates(calendar, new FakeTimeProvider());

        var fires = DailyTrigger.Next(cron, calendar, calendar.At(new(2026, 1, 2), TimeOnly.MinValue)).Take(365);

        Assert.Equal(new DataDateRange(new(2026, 1, 1), new(2026, 12, 31)).Dates, fires.SelectMany(dates.Of));
    }

    [Fact]
    public void Next_DaysOff_AreLeftOutAndTheirDataDatesAreNot()
    {
        var calendar = new BusinessCalendar(
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), [DayOfWeek.Saturday, DayOfWeek.Sunday],
            new() { [new(2026, 4, 3)] = "Good Friday", [new(2026, 4, 6)] = "Easter Monday" }, dataOnDaysOff: true);
        var dates = new DataDates(calendar, new FakeTimeProvider());

        var fires = DailyTrigger.Next("0 0 2 * * ?", calendar, DateTimeOffset.Parse("2026-04-01T12:00Z")).Take(3).ToList();

        Assert.Equal([new(2026, 4, 2), new(2026, 4, 7), new DateOnly(2026, 4, 8)], fires.Select(calendar.DayOf));
        Assert.Equal(
            [[new(2026, 4, 1)], [.. new DataDateRange(new(2026, 4, 2), new(2026, 4, 6)).Dates], [new(2026, 4, 7)]],
            fires.Select(dates.Of));
    }

    [Fact]
    public void At_TimeThatTheClocksSkipOrShowTwice_IsTheChangeOrTheFirst()
    {
        var calendar = new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), [], [], dataOnDaysOff: true);

        Assert.Equal(DateTimeOffset.Parse("2026-03-29T01:00Z"), calendar.At(new(2026, 3, 29), new(2, 30)));
        Assert.Equal(DateTimeOffset.Parse("2026-10-25T00:30Z"), calendar.At(new(2026, 10, 25), new(2, 30)));
        Assert.Equal(DateTimeOffset.Parse("2026-07-01T04:00Z"), calendar.At(new(2026, 7, 1), new(6, 0)));
    }
}
