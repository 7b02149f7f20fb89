using System.Globalization;

namespace Platform.Worker.Transform.Run;

/// <summary>The grain of a microbatch model's batches; all of it in UTC.</summary>
internal enum BatchSize
{
    Hour,
    Day,
    Month,
    Year,
}

internal static class BatchSizes
{
    public static BatchSize? Parse(string? text) => Enum.TryParse<BatchSize>(text, ignoreCase: true, out var size) && !int.TryParse(text, out _) ? size : null;

    /// <summary>The start of the batch that an instant is in.</summary>
    public static DateTimeOffset Truncate(this BatchSize size, DateTimeOffset instant)
    {
        var utc = instant.UtcDateTime;
        return size switch
        {
            BatchSize.Hour => new DateTimeOffset(utc.Year, utc.Month, utc.Day, utc.Hour, 0, 0, TimeSpan.Zero),
            BatchSize.Day => new DateTimeOffset(utc.Date, TimeSpan.Zero),
            BatchSize.Month => new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero),
            _ => new DateTimeOffset(utc.Year, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
    }

    /// <summary>The start of the batch so many batches later; the first or last instant there is when it would be beyond.</summary>
    public static DateTimeOffset Offset(this BatchSize size, DateTimeOffset instant, int batches)
    {
        var start = size.Truncate(instant);
        try
        {
            return size switch
            {
                BatchSize.Hour => start.AddHours(batches),
                BatchSize.Day => start.AddDays(batches),
                BatchSize.Month => start.AddMonths(batches),
                _ => start.AddYears(batches),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return batches < 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        }
    }

    /// <summary>The instant itself where a batch starts, else the start of the next one.</summary>
    public static DateTimeOffset Ceiling(this BatchSize size, DateTimeOffset instant) =>
        size.Truncate(instant) == instant ? instant : size.Offset(instant, 1);

    /// <summary>A batch's name: 2026, 2026-01, 2026-01-31 or 2026-01-31T07.</summary>
    public static string Format(this BatchSize size, DateTimeOffset start) => start.UtcDateTime.ToString(
        size switch
        {
            BatchSize.Hour => "yyyy-MM-dd'T'HH",
            BatchSize.Day => "yyyy-MM-dd",
            BatchSize.Month => "yyyy-MM",
            _ => "yyyy",
        }, CultureInfo.InvariantCulture);
}
