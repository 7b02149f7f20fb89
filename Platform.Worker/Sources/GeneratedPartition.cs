using Platform.Worker.Landing;

namespace Platform.Worker.Sources;

/// <summary>A domain's partition that was generated and has landed.</summary>
internal sealed record GeneratedPartition
{
    public required string Domain { get; init; }

    /// <summary>Data date.</summary>
    public required DateOnly Date { get; init; }

    public required IReadOnlyList<GeneratedDataset> Datasets { get; init; }

    public required Manifest Manifest { get; init; }

    /// <summary>Rows of all files, bad ones included.</summary>
    public long Rows => Datasets.Sum(dataset => dataset.Rows);

    /// <summary>Bad rows added to all files, by the rule of the contract that they break.</summary>
    public IReadOnlyDictionary<string, int> Defects => Datasets
        .SelectMany(dataset => dataset.Defects)
        .GroupBy(defect => defect.Key, defect => defect.Value)
        .OrderBy(rule => rule.Key, StringComparer.Ordinal)
        .ToDictionary(rule => rule.Key, rule => rule.Sum());
}

/// <summary>A file that was generated.</summary>
internal sealed record GeneratedDataset
{
    public required string Dataset { get; init; }

    /// <summary>Rows of the file, bad ones included.</summary>
    public required long Rows { get; init; }

    /// <summary>Bad rows added, by the rule of the contract that they break.</summary>
    public required IReadOnlyDictionary<string, int> Defects { get; init; }
}
