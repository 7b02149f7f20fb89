using System.Globalization;
using System.Text;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Tests.Contracts.Plan;

public sealed class FieldTextTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-007", -7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("", null)]
    [InlineData("1.0", null)]
    [InlineData(" 1", null)]
    [InlineData("1e3", null)]
    [InlineData("--1", null)]
    public void Integer_Text_IsReadStrictly(string text, long? expected) =>
        Assert.Equal(expected, FieldText.TryInteger(Utf8(text), out var value) ? value : null);

    [Theory]
    [InlineData("12.34", 1234L)]
    [InlineData("-12.3", -1230L)]
    [InlineData("+0.01", 1L)]
    [InlineData("0012", 1200L)]
    [InlineData("-0.00", 0L)]
    [InlineData("99999.99", 9999999L)]
    [InlineData("100000", null)]
    [InlineData("0.001", null)]
    [InlineData("1.", null)]
    [InlineData(".5", null)]
    [InlineData("1,5", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("-", null)]
    [InlineData("1.2.3", null)]
    [InlineData("12345678901234567890123", null)]
    public void Numeric_OfSevenDigitsWithTwoDecimals_IsReadStrictly(string text, long? expected) =>
        Assert.Equal(expected, FieldText.TryNumeric(Utf8(text), 7, 2, out var value) ? value : null);

    [Theory]
    [InlineData("0.1234", 4, 4, 1234L)]
    [InlineData("1.0000", 4, 4, null)]
    [InlineData("999999999999999999", 18, 0, 999999999999999999L)]
    [InlineData("0.123456789012345678", 18, 18, 123456789012345678L)]
    public void Numeric_AtTheLimitsOfItsType_IsReadStrictly(string text, int precision, int scale, long? expected) =>
        Assert.Equal(expected, FieldText.TryNumeric(Utf8(text), precision, scale, out var value) ? value : null);

    [Theory]
    [InlineData("2000-01-01", 0L)]
    [InlineData("1999-12-31", -1L)]
    [InlineData("2024-02-29", 8825L)]
    [InlineData("2023-02-29", null)]
    [InlineData("2023-02-31", null)]
    [InlineData("2023-13-01", null)]
    [InlineData("2023-00-01", null)]
    [InlineData("0000-01-01", null)]
    [InlineData("2023-1-01", null)]
    [InlineData("20230101", null)]
    [InlineData("2023-01-01T", null)]
    public void Date_Text_IsDaysFrom2000(string text, long? expected) =>
        Assert.Equal(expected, FieldText.TryDate(Utf8(text), out var days) ? days : null);

    [Theory]
    [InlineData("2000-01-01T00:00:00Z", "2000-01-01T00:00:00.000000")]
    [InlineData("2026-01-31T08:15:30.5Z", "2026-01-31T08:15:30.500000")]
    [InlineData("2026-01-31T08:15:30.123456Z", "2026-01-31T08:15:30.123456")]
    [InlineData("2026-01-31T08:15:30.123456000Z", "2026-01-31T08:15:30.123456")]
    [InlineData("2026-01-31T08:15:30.1234567Z", null)]
    [InlineData("2026-01-31T01:15:30+02:30", "2026-01-30T22:45:30.000000")]
    [InlineData("1999-12-31T23:59:59-01:00", "2000-01-01T00:59:59.000000")]
    [InlineData("2026-01-31T23:59:60Z", null)]
    [InlineData("2026-01-31T24:00:00Z", null)]
    [InlineData("2026-01-31T08:15:30", null)]
    [InlineData("2026-01-31T08:15:30.Z", null)]
    [InlineData("2026-01-31 08:15:30Z", null)]
    [InlineData("2026-01-31T08:15Z", null)]
    [InlineData("2026-02-30T08:15:30Z", null)]
    public void Timestamp_Text_IsAMomentOfUtc(string text, string? expected) => Assert.Equal(
        expected,
        FieldText.TryTimestamp(Utf8(text), out var microseconds)
            ? new DateTime(2000, 1, 1).AddMicroseconds(microseconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture)
            : null);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, -1)]
    [InlineData(86_399_999_999, 0)]
    [InlineData(86_400_000_000, 1)]
    [InlineData(-86_400_000_000, -1)]
    [InlineData(-86_400_000_001, -2)]
    public void DayOf_Moment_IsItsUtcDate(long microseconds, long day) => Assert.Equal(day, FieldText.DayOf(microseconds));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
