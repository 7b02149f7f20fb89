using Platform.Worker.Contracts;
using Platform.Worker.Loading.Quality;

namespace Platform.Worker.Loading.Checking;

/// <summary>A row that a load would refuse.</summary>
/// <param name="File">Path of its file.</param>
/// <param name="Row">The row with its reasons.</param>
internal sealed record CheckedRow(string File, RejectedRow Row);

/// <summary>What a load would make of the files of a dataset, as far as it can be told without a warehouse.</summary>
internal sealed record DatasetVerdict
{
    public required DatasetContract Contract { get; init; }

    /// <summary>The data date; null when nobody said.</summary>
    public required DateOnly? Date { get; init; }

    /// <summary>The files as far as they were read.</summary>
    public required IReadOnlyList<LoadedFile> Files { get; init; }

    public required long Rows { get; init; }

    /// <summary>Rows that would go to quarantine.</summary>
    public required long Rejected { get; init; }

    /// <summary>Rejected rows by the rule that they break first.</summary>
    public required IReadOnlyDictionary<string, long> ByRule { get; init; }

    /// <summary>Why a file would be refused as a whole; null when none would.</summary>
    public required string? Fault { get; init; }

    /// <summary>The quality rules that need no SQL.</summary>
    public required IReadOnlyList<CheckResult> Measured { get; init; }

    /// <summary>Why the load would be refused though its files can be read.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    /// <summary>Whether a load would take everything, as far as was checked.</summary>
    public bool IsClean => Fault is null && Rejected == 0 && Refusals.Count == 0;

    /// <summary>What only a load can check.</summary>
    public IEnumerable<string> NotChecked()
    {
        if (Date is null && Contract.PartitionColumn is { } column)
        {
            yield return $"that {column} is the data date: give --date";
        }

        foreach (var reference in Contract.References)
        {
            yield return $"that {reference.Column} is a {reference.ToColumn} of {reference.ToDomain}.{reference.ToDataset}: needs that dataset's partition";
        }

        foreach (var rule in Contract.Quality.Where(rule => rule.Metric == QualityMetric.Sql))
        {
            yield return $"quality rule '{rule.Name}' (line {rule.Line}): needs SQL";
        }
    }
}
