using System.Globalization;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>A file of holidays: <c>2026-12-25 Christmas Day  # comment</c>, a line for each.</summary>
internal static class HolidayFile
{
    /// <returns>The holidays with their names, which may be empty, and what is wrong with the file.</returns>
    public static (SortedDictionary<DateOnly, string> Days, List<string> Errors) Read(string path)
    {
        var days = new SortedDictionary<DateOnly, string>();
        var errors = new List<string>();
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (days, [$"{path}: {exception.Message}"]);
        }
        for (var number = 1; number <= lines.Length; number++)
        {
            var text = lines[number - 1].Split('#')[0].Trim();
            if (text.Length == 0)
            {
                continue;
            }
            var parts = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (!DateOnly.TryParseExact(parts[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                errors.Add($"{path}({number}): '{parts[0]}' is no date; expected yyyy-MM-dd, a blank and, if wanted, the holiday's name.");
                continue;
            }
            // Lists of several regions put together may have a day twice.
            var name = parts is [_, var told] ? told : "";
            days[day] = days.TryGetValue(day, out var other) && other.Length > 0 && other != name ? $"{other}, {name}".TrimEnd(',', ' ') : name;
        }
        return (days, errors);
    }
}
