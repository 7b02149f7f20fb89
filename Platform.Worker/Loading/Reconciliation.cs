using System.Globalization;
using System.Text.Json;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Quarantine;

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

    /// <summary>What corrections of lines added to the sums; empty when no line was corrected.</summary>
    public IReadOnlyList<decimal> CorrectedSums { get; init; } = [];

    /// <summary>Of the loaded rows, those that came from quarantine.</summary>
    public long ReplayedRows { get; init; }

    /// <summary>Of the quarantined rows, those that were given up.</summary>
    public long DiscardedRows { get; init; }

    /// <summary>Quarantined rows that wait for a decision.</summary>
    public long OpenRows => QuarantinedRows - DiscardedRows;

    public long FileRows => Files.Sum(file => file.Rows);

    /// <summary>The same after lines were replayed, if any were, and discarded.</summary>
    public Reconciliation With(ReplayedLines? lines, long discarded) => lines is null ? this with { DiscardedRows = discarded } : this with
    {
        LoadedRows = lines.Counted.Rows,
        LoadedSums = lines.Counted.Sums,
        QuarantinedRows = QuarantinedRows - lines.Replayed,
        QuarantinedSums = [.. QuarantinedSums.Zip(lines.OldSums, (sum, old) => sum - old)],
        CorrectedSums = [.. lines.NewSums.Zip(lines.OldSums, (now, old) => now - old)],
        ReplayedRows = lines.Replayed,
        DiscardedRows = discarded,
    };

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
            if (FileSum(index) + Corrected(index) != LoadedSums[index] + QuarantinedSums[index])
            {
                yield return $"{name} adds up to {Text(FileSum(index))} in the {(several ? "files" : "file")}, {Text(LoadedSums[index])} loaded and "
                    + $"{Text(QuarantinedSums[index])} quarantined{(Corrected(index) == 0 ? "" : $", with {Text(Corrected(index))} of corrections")}";
            }
        }

        foreach (var difference in Files.SelectMany(file => FromManifest(contract, file, several ? file.File.Name : "the file")))
        {
            yield return difference;
        }
    }

    /// <summary><c>{column: {"file", "loaded", "quarantined", "corrected"}}</c>, decimal strings; "corrected" where there is something.</summary>
    public string ControlSumsJson(DatasetContract contract) => JsonSerializer.Serialize(
        contract.ControlSums.Index().ToDictionary(item => item.Item, item => Parts(item.Index), StringComparer.Ordinal));

    private Dictionary<string, string> Parts(int index)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["file"] = Text(FileSum(index)),
            ["loaded"] = Text(LoadedSums[index]),
            ["quarantined"] = Text(QuarantinedSums[index]),
        };
        if (Corrected(index) != 0)
        {
            parts["corrected"] = Text(Corrected(index));
        }

        return parts;
    }

    private static IEnumerable<string> FromManifest(DatasetContract contract, LoadedFile file, string subject)
    {
        if (file.File.IsListed && file.Rows != file.File.Rows)
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

    private decimal Corrected(int index) => CorrectedSums.Count == 0 ? 0 : CorrectedSums[index];

    private decimal FileSum(int index) => Files.Sum(file => file.Sums[index]);

    private static string Text(decimal sum) => sum.ToString(CultureInfo.InvariantCulture);
}
