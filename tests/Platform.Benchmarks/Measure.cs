using System.Diagnostics;
using System.Globalization;

namespace Platform.Benchmarks;

/// <summary>Takes turns between the ways of doing the same work, so that what else the machine does hits all of them.</summary>
internal static class Measure
{
    /// <summary>Runs every way some times and prints its median.</summary>
    /// <returns>Units of work a second, by way.</returns>
    public static async Task<IReadOnlyDictionary<string, double>> AlternatelyAsync(
        double work, string unit, IReadOnlyList<(string Way, Func<Task> Prepare, Func<Task> Run)> ways, int rounds = 3)
    {
        var times = ways.ToDictionary(way => way.Way, _ => new List<double>());
        var costs = ways.ToDictionary(way => way.Way, _ => new Dictionary<string, double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (way, prepare, run) in ways)
            {
                await prepare();
                var before = CpuTime.ByProgram();
                var started = Stopwatch.GetTimestamp();
                await run();
                times[way].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                foreach (var (program, seconds) in CpuTime.ByProgram())
                {
                    costs[way][program] = costs[way].GetValueOrDefault(program) + ((seconds - before.GetValueOrDefault(program)) / rounds);
                }
            }
        }

        var medians = times.ToDictionary(pair => pair.Key, pair => work / pair.Value.Order().ElementAt(rounds / 2));
        foreach (var (way, rate) in medians)
        {
            var seconds = string.Join(" ", times[way].Select(time => time.ToString("F2", CultureInfo.InvariantCulture)));
            var cpu = string.Join(", ", costs[way].Where(cost => cost.Value >= 0.05).Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Key} {cost.Value:F2}")));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{way,-60} {rate,12:N0} {unit}/s   ({seconds} s; CPU {cpu})"));
        }

        return medians;
    }

    /// <summary>The last line. The goal is the least ratio, or the greatest where less is better.</summary>
    public static void Conclude(string name, double ratio, double goal, bool atMost = false) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name} {ratio:F2}x goal {goal:0.##} {((atMost ? ratio <= goal : ratio >= goal) ? "met" : "missed")}"));

    /// <summary>The last line, for a time that is to stay below a goal.</summary>
    public static void ConcludeSeconds(string name, double seconds, double goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name} {seconds:F2}s goal {goal} {(seconds <= goal ? "met" : "missed")}"));

    /// <summary>The last line, for a short time that is to stay below a goal.</summary>
    public static void ConcludeMilliseconds(string name, double milliseconds, double goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name} {milliseconds:F1}ms goal {goal:0} {(milliseconds <= goal ? "met" : "missed")}"));

    /// <summary>The last line, for memory that is to stay below a goal.</summary>
    public static void ConcludeMegabytes(string name, double megabytes, double goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name} {megabytes:F0}MB goal {goal:0} {(megabytes <= goal ? "met" : "missed")}"));
}
