using System.Globalization;
using System.Text.Json;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading;

/// <summary>Rows and sums of one load: in the file as it was read, in the fact table and in quarantine as the warehouse counts them.</summary>
internal sealed record Reconciliation
{
    public required long FileRows { get; init; }

    public required long LoadedRows { get; init; }

    public required long QuarantinedRows { get; init; }

    /// <summary>In the order of the contract's control sums, as are the other sums.</summary>
    public required IReadOnlyList<decimal> FileSums { get; init; }

    public required IReadOnlyList<decimal> LoadedSums { get; init; }

    public required IReadOnlyList<decimal> QuarantinedSums { get; init; }

    /// <summary>Everything that does not tie out; empty when nothing was lost or doubled.</summary>
    public IEnumerable<string> Differences(DatasetContract contract, ManifestFile manifest)
    {
        if (FileRows != LoadedRows + QuarantinedRows)
        {
            yield return $"the file has {FileRows} rows, {LoadedRows} were loaded and {QuarantinedRows} quarantined";
        }

        if (FileRows != manifest.Rows)
        {
            yield return $"the file has {FileRows} rows, its manifest says {manifest.Rows}";
        }

        foreach (var (index, name) in contract.ControlSums.Index())
        {
            if (FileSums[index] != LoadedSums[index] + QuarantinedSums[index])
            {
                yield return $"{name} adds up to {Text(FileSums[index])} in the file, {Text(LoadedSums[index])} loaded and " +
                             $"{Text(QuarantinedSums[index])} quarantined";
            }

            if (manifest.ControlSums.TryGetValue(name, out var promised)
                && !(decimal.TryParse(promised, NumberStyles.Number, CultureInfo.InvariantCulture, out var sum) && sum == FileSums[index]))
            {
                yield return $"{name} adds up to {Text(FileSums[index])} in the file, its manifest says {promised}";
            }
        }
    }

    /// <summary><c>{column: {"file", "loaded", "quarantined"}}</c>, decimal strings.</summary>
    public string ControlSumsJson(DatasetContract contract) => JsonSerializer.Serialize(contract.ControlSums.Index().ToDictionary(
        item => item.Item,
        item => new Dictionary<string, string>
        {
            ["file"] = Text(FileSums[item.Index]),
            ["loaded"] = Text(LoadedSums[item.Index]),
            ["quarantined"] = Text(QuarantinedSums[item.Index]),
        }));

    private static string Text(decimal sum) => sum.ToString(CultureInfo.InvariantCulture);
}
