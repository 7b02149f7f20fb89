namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Section <c>Pipeline:Calendar</c>: the days on which the pipeline does not fire.</summary>
internal sealed class CalendarOptions
{
    /// <summary>Days of the week that are off, by their English names (<c>Saturday</c>). Default none.</summary>
    public List<string> WeekendDays { get; } = [];

    /// <summary>
    /// A file of holidays, absolute or from the working directory: a line for each, its date as <c>yyyy-MM-dd</c> and, if wanted, its name. What follows
    /// a <c>#</c> is a comment. Default none.
    /// </summary>
    public string? Holidays { get; set; }

    /// <summary>
    /// Whether days off are data dates. If so, the next firing takes them along; otherwise there are no data of them, and schedule, catch-up and backfills leave
    /// them out. Default true.
    /// </summary>
    public bool DataOnDaysOff { get; set; } = true;

    /// <summary>The days of the week that are off, and what is wrong with their names.</summary>
    public (HashSet<DayOfWeek> Days, List<string> Errors) ReadWeekend()
    {
        var days = new HashSet<DayOfWeek>();
        var errors = new List<string>();
        foreach (var name in WeekendDays)
        {
            // Numbers are names to Enum.TryParse.
            if (Enum.TryParse<DayOfWeek>(name, ignoreCase: true, out var day) && string.Equals(name, day.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                days.Add(day);
            }
            else
            {
                errors.Add($"'{name}' is no day of the week; expected Monday, Tuesday, ... Sunday.");
            }
        }
        if (days.Count == 7)
        {
            errors.Add("all seven days of the week are off; then the pipeline would never fire.");
        }
        return (days, errors);
    }
}
