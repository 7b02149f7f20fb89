using System.Globalization;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary><c>freshness:</c> of sources and their tables (https://docs.getdbt.com/reference/resource-properties/freshness).</summary>
internal static class FreshnessReader
{
    private static readonly string[] Periods = ["minute", "hour", "day"];

    /// <summary>What the levels say together, weakest first. An explicit null switches freshness off for all below it.</summary>
    /// <returns>The merged mapping, null when it is switched off; and whether any level says something.</returns>
    public static (Dictionary<string, object?>? Freshness, bool IsSet) Merge(IEnumerable<YamlValue?> levels)
    {
        Dictionary<string, object?>? merged = null;
        var isSet = false;
        foreach (var level in levels.OfType<YamlValue>().Where(level => level.Has("freshness")))
        {
            isSet = true;
            merged = level["freshness"] is { } own ? Merge(merged, own) : null;
        }

        return (merged, isSet);
    }

    public static SourceFreshness? Read(YamlValue entry, ProjectErrors errors)
    {
        var warn = Threshold(entry["warn_after"], errors);
        var error = Threshold(entry["error_after"], errors);
        return warn is null && error is null ? null : new SourceFreshness(warn, error, entry.Text("filter"));
    }

    /// <summary>What the lower level leaves out is inherited; an explicit null is not.</summary>
    private static Dictionary<string, object?> Merge(Dictionary<string, object?>? inherited, YamlValue own)
    {
        var merged = own.Plain() as Dictionary<string, object?> ?? [];
        foreach (var (key, above) in inherited ?? [])
        {
            if (!merged.TryAdd(key, above) && merged[key] is Dictionary<string, object?> below && above is Dictionary<string, object?> threshold)
            {
                merged[key] = threshold.Concat(below).GroupBy(part => part.Key).ToDictionary(part => part.Key, part => part.Last().Value);
            }
        }

        return merged;
    }

    private static FreshnessThreshold? Threshold(YamlValue? entry, ProjectErrors errors)
    {
        if (entry?["count"] is null && entry?["period"] is null)
        {
            return null;
        }

        if (!int.TryParse(entry.Text("count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || entry.Text("period") is not { } period || !Periods.Contains(period))
        {
            errors.Add(entry.At, $"a freshness threshold is a count and a period: {{count: 12, period: hour}}. Periods are {string.Join(", ", Periods)}.");
            return null;
        }

        return new FreshnessThreshold(count, period);
    }
}
