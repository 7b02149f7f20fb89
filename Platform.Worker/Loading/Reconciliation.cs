using System.Globalization;
using System.Text.Json;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading;

/// <summary>Rows and sums of one load: in the files as they were read, in the fact table and in quarantine as the warehouse counts them.</summary>
internal sealed record Reconciliation
{
    public required IReadOnlyList<LoadedFile> Files { get; init; }

    public required long LoadedRows { get; init; }

    public required long QuarantinedRows { get; init; }

    /// <summary>In the order of the contract's control sums, as are the other sums.</summary>
    public required IReadOnlyList<decimal> LoadedSums { get; init; }

    public required IReadOnlyList<decimal> QuarantinedSums { get; init; }

    public long FileRows => Files.Sum(file => file.Rows);

    /// <summary>Everything that does not tie out; empty when nothing was lost or doubled.</summary>
    public IEnumerable<string> Differences(DatasetContract contract)
    {
        var several = Files.Count > 1;
        if (FileRows != LoadedRows + QuarantinedRows)
        {
            yield return $"the {(several ? "files have" : "file has")} {FileRows} rows, {LoadedRows} were loaded and {QuarantinedRows} quarantined";
        }

        foreach (var (index, name) in contract.ControlSums.Index())
        {
            if (FileSum(index) != LoadedSums[index] + QuarantinedSums[index])
            {
                yield return $"{name} adds up to {Text(FileSum(index))} in the {(several ? "files" : "file")}, {Text(LoadedSums[index])} loaded and " +
                             $"{Text(QuarantinedSums[index])} quarantined";
            }
        }

        foreach (var difference in Files.SelectMany(file => FromManifest(contract, file, several ? file.File.Name : "the file")))
        {
            yield return difference;
        }
    }

    /// <summary><c>{column: {"file", "loaded", "quarantined"}}</c>, decimal strings.</summary>
    public string ControlSumsJson(DatasetContract contract) => JsonSerializer.Serialize(contract.ControlSums.Index().ToDictionary(
        item => item.Item,
        item => new Dictionary<string, string>
        {
            ["file"] = Text(FileSum(item.Index)),
            ["loaded"] = Text(LoadedSums[item.Index]),
            ["quarantined"] = Text(QuarantinedSums[item.Index]),
        }));

    private static IEnumerable<string> FromManifest(DatasetContract contract, LoadedFile file, string subject)
    {
        if (file.Rows != file.File.Rows)
        {
            yield return $"{subject} has {file.Rows} rows, its manifest says {file.File.Rows}";
        }

        foreach (var (index, name) in contract.ControlSums.Index())
        {
            if (file.File.ControlSums.TryGetValue(name, out var promised)
                && !(decimal.TryParse(promised, NumberStyles.Number, CultureInfo.InvariantCulture, out var sum) && sum == file.Sums[index]))
            {
                yield return $"{name} adds up to {Text(file.Sums[index])} in {subject}, its manifest says {promised}";
            }
        }
    }

    private decimal FileSum(int index) => Files.Sum(file => file.Sums[index]);

    private static string Text(decimal sum) => sum.ToString(CultureInfo.InvariantCulture);
}
