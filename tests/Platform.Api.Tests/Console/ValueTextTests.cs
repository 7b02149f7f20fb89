using System.Globalization;
using Platform.Api.Console;

namespace Platform.Api.Tests.Console;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("1240310.55", "EUR", "€1.24 M")]
    [InlineData("-1240310.55", "EUR", "−€1.24 M")]
    [InlineData("999499", "EUR", "€999 k")]
    [InlineData("999500", "EUR", "€1.00 M")]
    [InlineData("12345", "EUR", "€12.3 k")]
    [InlineData("1234.5", "EUR", "€1,235")]
    [InlineData("87.128", "EUR", "€87.13")]
    [InlineData("0", "EUR", "€0.00")]
    [InlineData("2500000000", "EUR", "€2.50 bn")]
    [InlineData("0.3846153846", "ratio", "38.5 %")]
    [InlineData("12480", "count", "12,480")]
    [InlineData("1250000", "count", "1.25 M")]
    [InlineData("3.21", "days", "3.2 days")]
    [InlineData(null, "EUR", "–")]
    public void Value_ReadsAsPeopleWriteIt(string? value, string unit, string expected) =>
        Assert.Equal(expected.Replace(' ', '\u202f'), ValueText.Of(Number(value), unit));

    [Theory]
    [InlineData("110", "100", "EUR", "+10.0 %")]
    [InlineData("90", "100", "count", "−10.0 %")]
    [InlineData("-90", "-100", "EUR", "+10.0 %")]
    [InlineData("0.42", "0.40", "ratio", "+2.0 pp")]
    [InlineData("100.01", "100", "EUR", "±0.0 %")]
    [InlineData("5", "0", "count", null)]
    [InlineData("5", null, "count", null)]
    [InlineData(null, "5", "count", null)]
    public void Change_IsInPercentOrPoints(string? value, string? before, string unit, string? expected) =>
        Assert.Equal(expected?.Replace(' ', '\u202f'), ValueText.Change(Number(value), Number(before), unit));

    [Theory]
    [InlineData(0.0441, "44 ms")]
    [InlineData(5.06, "5.1 s")]
    [InlineData(42.9, "42 s")]
    [InlineData(75.2, "1 min 15 s")]
    [InlineData(3725.0, "1 h 2 min")]
    public void Duration_HasTheUnitsThatMatter(double seconds, string expected) =>
        Assert.Equal(expected.Replace(' ', '\u202f'), ValueText.Duration(seconds));

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
