using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Tests.Pipeline.Schedule;

public sealed class HolidayFileTests
{
    [Fact]
    public void Read_DatesNamesAndComments_AreTold()
    {
        var (days, errors) = Read("""
            # Germany, Berlin
            2026-12-25 Christmas Day

            2026-12-26	Second Day of Christmas   # Boxing Day
            2026-03-08
            2026-12-25 25. Dezember
            """);

        Assert.Empty(errors);
        Assert.Equal(
            [new(new DateOnly(2026, 3, 8), ""), new(new(2026, 12, 25), "Christmas Day, 25. Dezember"), new(new(2026, 12, 26), "Second Day of Christmas")], days);
    }

    [Fact]
    public void Read_LinesThatAreNone_AreAllNamedWithTheirPlace()
    {
        var (_, errors) = Read("2026-02-30 no such day\n2026-05-01 Labour Day\n25.12.2026\n");

        Assert.Equal(2, errors.Count);
        Assert.Contains("(1): '2026-02-30' is no date", errors[0], StringComparison.Ordinal);
        Assert.Contains("(3): '25.12.2026' is no date", errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoSuchFile_SaysSo() =>
        Assert.Contains("nowhere.txt", Assert.Single(HolidayFile.Read("/nowhere.txt").Errors), StringComparison.Ordinal);

    private static (SortedDictionary<DateOnly, string> Days, List<string> Errors) Read(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return HolidayFile.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
