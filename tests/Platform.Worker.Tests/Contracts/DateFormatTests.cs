using Platform.Worker.Contracts;

namespace Platform.Worker.Tests.Contracts;

public sealed class DateFormatTests
{
    [Theory]
    [InlineData("dd.MM.yyyy", "d2 '.' M2 '.' y4")]
    [InlineData("uuuuMMdd", "y4 M2 d2")]
    [InlineData("d/M/yy", "d1 '/' M1 '/' y2")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "y4 '-' M2 '-' d2 'T' H2 ':' m2 ':' s2 '.' S3 X3")]
    [InlineData("yyyyMMdd''HHmmx", "y4 M2 d2 ''' H2 m2 X1")]
    public void Parse_Format_GivesItsParts(string format, string parts) => Assert.Equal(
        parts, string.Join(' ', DateFormat.Parse(format).Select(part => part.Literal is { } text ? $"'{text}'" : $"{part.Letter}{part.Count}")));

    [Theory]
    [InlineData("dd.MM.yyyy", true, null)]
    [InlineData("dd.MM.yyyy HH:mm", false, null)]
    [InlineData("dd.MM.yyyy HH:mm", true, "has H, m, which a date has not")]
    [InlineData("dd.MM.yyyy", false, "lacks H, m")]
    [InlineData("dd.MM", true, "lacks y")]
    [InlineData("dd MMM yyyy", true, "has 'MMM', which is not implemented")]
    [InlineData("dd.MM.yyyy hh:mm a", false, "has 'hh', which is not implemented")]
    [InlineData("dd.MM.yyyy uuuu", true, "has a letter in two places")]
    [InlineData("dMyyyy", true, "has 'd', whose digits cannot be told")]
    [InlineData("yyyy-MM-dd[ HH]", true, "has '[', which is not implemented")]
    [InlineData("yyyy-MM-dd'T", true, "has a quote that is not closed")]
    [InlineData("yyyy-MM-dd HH:mm.SSS", false, "has fractions (S) but no seconds (s)")]
    public void Fault_Format_SaysWhatIsNotUsable(string format, bool isDate, string? fault)
    {
        var found = DateFormat.Fault(format, isDate ? ColumnType.Date : ColumnType.Timestamp);

        Assert.True(fault is null ? found is null : found?.StartsWith(fault, StringComparison.Ordinal), found);
    }
}
