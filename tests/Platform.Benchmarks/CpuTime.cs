using System.Globalization;

namespace Platform.Benchmarks;

/// <summary>
/// The CPU time of this process and all that it started, servers included: what a way costs, whatever else the machine does meanwhile. Linux only.
/// </summary>
internal static class CpuTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds so far by program, e.g. <c>postgres</c>; those that have ended count for who started them. Empty where it is not known.</summary>
    public static IReadOnlyDictionary<string, double> ByProgram()
    {
        var programs = new Dictionary<string, double>(StringComparer.Ordinal);
        if (!OperatingSystem.IsLinux())
        {
            return programs;
        }

        var processes = Directory.EnumerateDirectories("/proc").Select(Read).OfType<(int Id, string Program, int Parent, double Seconds)>()
            .ToDictionary(process => process.Id);
        foreach (var process in processes.Values.Where(process => IsOurs(process.Id)))
        {
            programs[process.Program] = programs.GetValueOrDefault(process.Program) + process.Seconds;
        }

        return programs;

        bool IsOurs(int id)
        {
            while (id != Environment.ProcessId)
            {
                if (!processes.TryGetValue(id, out var process))
                {
                    return false;
                }

                id = process.Parent;
            }

            return true;
        }
    }

    private static (int Id, string Program, int Parent, double Seconds)? Read(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var end = stat.LastIndexOf(')');
            var fields = stat[(end + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return (id, stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end], int.Parse(fields[1], CultureInfo.InvariantCulture), ticks / TicksPerSecond);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return null;
        }
    }
}
