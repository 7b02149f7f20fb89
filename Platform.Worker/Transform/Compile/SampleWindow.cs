using System.Globalization;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// What <c>--sample</c> reads: "3 days" up to now, or <c>{'start': '2026-01-01', 'end': '2026-02-01'}</c>
/// (https://docs.getdbt.com/docs/build/sample-flag). UTC; the end is exclusive.
/// </summary>
internal sealed record SampleWindow(DateTimeOffset Start, DateTimeOffset End)
{
    /// <exception cref="TransformException">The text is no window.</exception>
    public static SampleWindow Parse(string text, DateTimeOffset now) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var count, var unit] && int.TryParse(count, CultureInfo.InvariantCulture, out var number)
            ? new SampleWindow(Before(now, number, unit.ToLowerInvariant().TrimEnd('s'), text), now)
            : Between(text);

    private static DateTimeOffset Before(DateTimeOffset now, int number, string unit, string text) => unit switch
    {
        "hour" => now.AddHours(-number),
        "day" => now.AddDays(-number),
        "month" => now.AddMonths(-number),
        "year" => now.AddYears(-number),
        _ => throw Wrong(text),
    };

    private static SampleWindow Between(string text)
    {
        var errors = new ProjectErrors();
        var bounds = YamlValue.Read(new SourceFile("", "--sample", text, default), errors)?.Plain() as IReadOnlyDictionary<string, object?>;
        return !errors.Any && Instant("start") is { } start && Instant("end") is { } end ? new SampleWindow(start, end) : throw Wrong(text);

        DateTimeOffset? Instant(string bound) => DateTimeOffset.TryParse(
            bounds?.GetValueOrDefault(bound)?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
                ? instant
                : null;
    }

    private static TransformException Wrong(string text) => new(
        new SourceLocation("--sample", 0), $"'{text}' is no sample: write a number of hours, days, months or years, such as \"3 days\", or {{'start': '2026-01-01', 'end': '2026-02-01'}}.");
}
