namespace Platform.Worker.Contracts.Plan;

/// <summary>
/// Times of a time zone's clocks. A time that the clocks skip is none. One that they show twice is the earlier of the two moments, as
/// java.time takes it: nothing in the text tells them apart.
/// </summary>
internal sealed class LocalTime(string zone)
{
    private static readonly DateTime Epoch = new(2000, 1, 1);

    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(zone);
    private volatile Day? _last;

    public string Name => zone;

    /// <param name="local">Microseconds from 2000-01-01 by the zone's clocks.</param>
    /// <param name="utc">The same of UTC.</param>
    public bool TryToUtc(long local, out long utc)
    {
        var number = FieldText.DayOf(local);
        if (_last is not { } day || day.Number != number)
        {
            _last = day = Read(number);
        }

        if (day.Offset is { } offset)
        {
            utc = local - offset;
            return true;
        }

        return TryToUtcExactly(local, out utc);
    }

    /// <summary>The zone's offset over a day, the day before and the day after; none when the clocks change on one of them.</summary>
    private Day Read(long number)
    {
        if (number < 2 - FieldText.EpochDay || number > DateOnly.MaxValue.DayNumber - FieldText.EpochDay - 2)
        {
            return new Day(number, null);
        }

        var start = DateTime.SpecifyKind(Epoch.AddDays(number), DateTimeKind.Utc);
        var (before, after) = (_zone.GetUtcOffset(start.AddDays(-1)), _zone.GetUtcOffset(start.AddDays(2)));
        return new Day(number, before == after ? Microseconds(before) : null);
    }

    private bool TryToUtcExactly(long local, out long utc)
    {
        utc = 0;
        var time = Epoch.AddTicks(local * TimeSpan.TicksPerMicrosecond);
        if (_zone.IsInvalidTime(time))
        {
            return false;
        }

        // Of two moments the one with the greater offset comes first.
        utc = local - Microseconds(_zone.IsAmbiguousTime(time) ? _zone.GetAmbiguousTimeOffsets(time).Max() : _zone.GetUtcOffset(time));
        return true;
    }

    private static long Microseconds(TimeSpan offset) => offset.Ticks / TimeSpan.TicksPerMicrosecond;

    private sealed record Day(long Number, long? Offset);
}
