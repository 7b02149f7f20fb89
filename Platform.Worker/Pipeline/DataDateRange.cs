using System.Globalization;

namespace Platform.Worker.Pipeline;

/// <summary>Consecutive data dates, both ends included.</summary>
internal readonly record struct DataDateRange(DateOnly From, DateOnly To)
{
    public int Days => To.DayNumber - From.DayNumber + 1;

    public IEnumerable<DateOnly> Dates
    {
        get
        {
            for (var date = From; date <= To; date = date.AddDays(1))
            {
                yield return date;
            }
        }
    }

    /// <summary>Splits ascending dates into runs of consecutive ones.</summary>
    public static IEnumerable<DataDateRange> Consecutive(IEnumerable<DateOnly> ascending)
    {
        DataDateRange? open = null;
        foreach (var date in ascending)
        {
            if (open is { } range && range.To.AddDays(1) == date)
            {
                open = range with { To = date };
                continue;
            }
            if (open is { } closed)
            {
                yield return closed;
            }
            open = new(date, date);
        }
        if (open is { } last)
        {
            yield return last;
        }
    }

    public override string ToString() => From == To
        ? From.ToString("O", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{From:O}..{To:O}");
}
