using Microsoft.Extensions.Time.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline;

public sealed class DataDatesTests
{
    [Theory]
    [InlineData("2026-03-01T02:00:00Z", "2026-02-28")]
    [InlineData("2026-03-01T00:00:00Z", "2026-02-28")]
    [InlineData("2026-02-28T23:59:59Z", "2026-02-27")]
    // 01:30 in Berlin is still the day before in UTC.
    [InlineData("2026-03-02T01:30:00+02:00", "2026-02-28")]
    public void Of_AFireTime_IsTheUtcDayBefore(string fireTime, string date) =>
        Assert.Equal(DateOnly.Parse(date), DataDates.Of(DateTimeOffset.Parse(fireTime)));

    [Fact]
    public void LastDue_EndsYesterday()
    {
        var clock = new FakeTimeProvider(new(2026, 3, 2, 0, 10, 0, TimeSpan.Zero));

        Assert.Equal([new(2026, 2, 27), new(2026, 2, 28), new(2026, 3, 1)], DataDates.LastDue(clock, 3));
        Assert.Empty(DataDates.LastDue(clock, 0));
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
}
