using System.Globalization;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>The contract's <c>slaProperties</c>. Names of properties are case-insensitive, as ODCS 3.1 says.</summary>
internal static class ServiceLevelSection
{
    private const decimal DaysOfYear = 365.25m;

    private static readonly string[] Implemented = ["timeOfAvailability", "latency", "freshness", "retention", "frequency"];

    private static readonly Dictionary<string, TimeSpan> Durations = new(StringComparer.Ordinal)
    {
        ["min"] = TimeSpan.FromMinutes(1),
        ["h"] = TimeSpan.FromHours(1),
        ["hour"] = TimeSpan.FromHours(1),
        ["hours"] = TimeSpan.FromHours(1),
        ["d"] = TimeSpan.FromDays(1),
        ["day"] = TimeSpan.FromDays(1),
        ["days"] = TimeSpan.FromDays(1),
    };

    private static readonly Dictionary<string, decimal> Days = new(StringComparer.Ordinal)
    {
        ["d"] = 1,
        ["day"] = 1,
        ["days"] = 1,
        ["y"] = DaysOfYear,
        ["yr"] = DaysOfYear,
        ["year"] = DaysOfYear,
        ["years"] = DaysOfYear,
    };

    public static ServiceLevel Read(ContractNode root, DatasetContract contract)
    {
        var found = new Dictionary<string, ContractNode>(StringComparer.Ordinal);
        foreach (var property in root.Children("slaProperties"))
        {
            property.Allow(["id", "property", "value", "unit", "element"], ["driver", "description"]);
            var given = property.RequiredText("property");
            if (Implemented.FirstOrDefault(name => name.Equals(given, StringComparison.OrdinalIgnoreCase)) is not { } name)
            {
                property.Report("property", $"slaProperty '{given}' is not implemented: remove it. Implemented: {string.Join(", ", Implemented)}.");
            }
            else if (!found.TryAdd(name, property))
            {
                property.Report("property", $"slaProperty '{name}' is given twice; keep the stricter one.");
            }

            Element(property, contract);
        }

        if (found.TryGetValue("frequency", out var frequency) && (frequency.Text("value"), frequency.Text("unit")) is not ("1", "d" or "day" or "days"))
        {
            frequency.Report("frequency other than 1 d is not implemented: a partition is a day.");
        }

        var retention = found.TryGetValue("retention", out var kept) ? Retention(kept, contract) : null;
        return new ServiceLevel
        {
            ArrivesWithin = Arrival(found.GetValueOrDefault("timeOfAvailability"), found.GetValueOrDefault("latency")),
            Freshness = found.TryGetValue("freshness", out var freshness) ? Duration(freshness) : null,
            RetentionDays = retention,
        };
    }

    private static TimeSpan? Arrival(ContractNode? time, ContractNode? latency)
    {
        var late = latency is null ? null : Duration(latency);
        if (time is null)
        {
            return late is null ? null : TimeSpan.FromDays(1) + late;
        }

        if (time.Has("unit"))
        {
            time.Report("unit", "timeOfAvailability is a time of the day; remove the unit.");
        }

        if (latency is not null && late is { } days && days != TimeSpan.FromDays(days.Days))
        {
            latency.Report("unit", "latency beside timeOfAvailability must be in days.");
        }

        return TimeOfDay(time) is { } moment ? TimeSpan.FromDays(1) + (late ?? TimeSpan.Zero) + moment : null;
    }

    /// <summary>A time of the day from midnight UTC; with an offset it may be of the day before or after.</summary>
    private static TimeSpan? TimeOfDay(ContractNode node)
    {
        var text = node.RequiredText("value");
        var (time, offset) = text.IndexOfAny(['Z', '+', '-']) is > 0 and var at ? (text[..at], text[at..]) : (text, "Z");
        if (TimeOnly.TryParseExact(time, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var ofDay)
            && TryOffset(offset, out var ahead))
        {
            return ofDay.ToTimeSpan() - ahead;
        }

        if (text.Length > 0)
        {
            node.Report("value", $"timeOfAvailability '{text}' is no time; expected HH:mm with Z or an offset, for example 06:00Z or 09:00-08:00. Without one it is UTC.");
        }

        return null;
    }

    private static bool TryOffset(string text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text == "Z")
        {
            return true;
        }

        var isOffset = text[0] is '+' or '-' && TimeSpan.TryParseExact(text[1..], "hh\\:mm", CultureInfo.InvariantCulture, out offset);
        offset = text[0] == '-' ? -offset : offset;
        return isOffset;
    }

    private static TimeSpan? Duration(ContractNode node)
    {
        var value = node.Number("value");
        if (value is < 0 or > 10_000)
        {
            node.Report("value", $"'{node.Text("property")}' is {value}; expected 0 to 10000.");
            return null;
        }

        if (!node.Has("unit"))
        {
            node.Report($"'{node.Text("property")}' lacks 'unit': {string.Join(", ", Durations.Keys)}.");
        }

        return node.Choice("unit", Durations) is { } unit && value is { } count ? unit * (double)count : null;
    }

    private static int? Retention(ContractNode node, DatasetContract contract)
    {
        if (!node.Has("unit"))
        {
            node.Report($"'retention' lacks 'unit': {string.Join(", ", Days.Keys)}.");
        }

        if (node.Number("value") is not { } value || node.Choice("unit", Days) is not { } unit)
        {
            return null;
        }

        var days = decimal.Ceiling(value * unit);
        if (days < 1 + contract.Policy.LateDays || days > 100_000)
        {
            node.Report("value", $"retention is {days} days; expected more than the {contract.Policy.LateDays} days that rows may be late, and at most 100000.");
            return null;
        }

        return (int)days;
    }

    /// <summary>A promise about another column than the one that dates the rows would be another promise.</summary>
    private static void Element(ContractNode property, DatasetContract contract)
    {
        if (property.Text("element") is { } element
            && element != contract.Dataset && element != contract.PartitionColumn && element != $"{contract.Dataset}.{contract.PartitionColumn}")
        {
            property.Report(
                "element",
                $"element '{element}' is not implemented; expected {contract.Dataset}{(contract.PartitionColumn is { } column ? $".{column}" : "")}, or none.");
        }
    }
}
