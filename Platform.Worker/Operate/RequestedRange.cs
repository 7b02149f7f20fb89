using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate;

/// <summary>Ranges of data dates as operators ask for them.</summary>
internal static class RequestedRange
{
    /// <summary>The most data dates that one request may ask for.</summary>
    private const int MaxDays = 3660;

    /// <returns>Why the range cannot be run; null when it can.</returns>
    public static string? Refusal(DataDateRange range, DateOnly newest) => range switch
    {
        { Days: < 1 } => $"The range ends on {range.To:O}, before it starts on {range.From:O}.",
        { Days: > MaxDays } => $"The range holds {range.Days} data dates; at most {MaxDays} go into one backfill.",
        _ when range.To > newest => $"{range.To:O} is not due yet; the newest data date that is due is {newest:O}.",
        _ => null,
    };

    /// <summary>The range of existing runs.</summary>
    /// <exception cref="ConfigurationFaultException">It ends before it starts.</exception>
    public static DataDateRange Of(DateOnly from, DateOnly? to)
    {
        var range = new DataDateRange(from, to ?? from);
        return range.Days < 1 ? throw new ConfigurationFaultException($"The range ends on {range.To:O}, before it starts on {range.From:O}.") : range;
    }
}
