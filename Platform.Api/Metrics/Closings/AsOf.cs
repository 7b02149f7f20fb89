using System.Globalization;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Closings;

/// <summary>As of when an answer is wanted: of a publication, or as it stood at a time.</summary>
internal sealed record AsOf(long? PublicationId, DateTimeOffset? Time)
{
    /// <summary>Its names as a parameter.</summary>
    public static readonly string[] Parameters = ["asOf", "as_of"];

    public bool Fits(Closing closing) => PublicationId is { } id ? closing.PublicationId == id : closing.StoodAt(Time!.Value);

    /// <exception cref="QueryException">It is neither.</exception>
    public static AsOf Read(string parameter, string? text)
    {
        var trimmed = text?.Trim() ?? "";
        if (long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return new AsOf(id, null);
        }

        if (DateOnly.TryParseExact(trimmed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue)
        {
            // As it stood at the end of that day.
            return new AsOf(null, new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddTicks(-1));
        }

        return trimmed.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? new AsOf(null, time)
                : throw new QueryException(new QueryFault(
                    parameter, $"'{trimmed}' is no publication and no time; expected the number of a publication, a day as 2026-02-03, or a time as 2026-02-03T12:00:00Z."));
    }
}
