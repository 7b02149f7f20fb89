using Platform.Worker.Sources.Story;

namespace Platform.Worker.Tests.Sources;

public sealed class SeasonTests
{
    [Fact]
    public void Orders_OfTheReferenceYear_AverageToTheScale() =>
        Assert.InRange(Year(2026).Average(date => Orders(date)), 290, 315);

    [Fact]
    public void Orders_GrowByAFifthAYear()
    {
        var growth = Year(2027).Sum(date => (double)Orders(date)) / Year(2026).Sum(date => (double)Orders(date));

        Assert.InRange(growth, 1.17, 1.23);
    }

    [Fact]
    public void Orders_FridaysAreStrong_AndSundaysWeak()
    {
        var byDay = Year(2026).GroupBy(date => date.DayOfWeek).ToDictionary(group => group.Key, group => group.Average(date => Orders(date)));

        Assert.Equal(DayOfWeek.Friday, byDay.MaxBy(day => day.Value).Key);
        Assert.Equal(DayOfWeek.Sunday, byDay.MinBy(day => day.Value).Key);
    }

    [Fact]
    public void Orders_DecemberIsFarAboveFebruary()
    {
        var byMonth = Year(2026).GroupBy(date => date.Month).ToDictionary(group => group.Key, group => group.Average(date => Orders(date)));

        Assert.InRange(byMonth[12] / byMonth[2], 1.3, 2);
    }

    [Fact]
    public void Orders_LastThreeDaysOfAMonth_AreAboveTheRest()
    {
        // The same weekdays a week earlier; December's end is a holiday, November's a sale.
        var ends = Year(2026).Where(date => Season.IsMonthEnd(date) && date.Month < 11).ToList();

        Assert.True(ends.Sum(date => Orders(date)) > 1.05 * ends.Sum(date => Orders(date.AddDays(-7))));
    }

    [Fact]
    public void Orders_BeforeTheOpening_AreNone()
    {
        Assert.Equal(0, Orders(Season.Opening.AddDays(-1)));
        Assert.True(Orders(Season.Opening) > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(100_000)]
    public void Customers_NeverGetFewer_AndNewOnesAreFewerThanTheOrders(int ordersPerDay)
    {
        var customers = new CustomerBase(1, ordersPerDay);
        for (var date = Season.Opening; date.Year < 2030; date = date.AddDays(1))
        {
            var registered = customers.Size(date) - customers.Size(date.AddDays(-1));
            Assert.InRange(registered, 0, Season.Orders(date, ordersPerDay, 7) + 1);
        }
    }

    [Fact]
    public void CreatedOn_IsTheDayOnWhichTheBaseReachedTheCustomer()
    {
        var customers = new CustomerBase(1, 300);
        var date = new DateOnly(2026, 5, 5);
        for (var number = customers.Size(date.AddDays(-1)) + 1; number <= customers.Size(date); number++)
        {
            Assert.Equal(date, customers.CreatedOn(number, date));
            Assert.Equal(date, customers.CreatedOn(number, date.AddDays(300)));
        }

        Assert.True(customers.CreatedOn(1, date) < Season.Opening);
    }

    private static IEnumerable<DateOnly> Year(int year) => Enumerable.Range(0, 365).Select(new DateOnly(year, 1, 1).AddDays);

    private static int Orders(DateOnly date) => Season.Orders(date, 300, key: 7);
}
