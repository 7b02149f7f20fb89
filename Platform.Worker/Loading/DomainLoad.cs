using Platform.Worker.Loading.Quality;

namespace Platform.Worker.Loading;

/// <summary>What loading a domain's partition did.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Partition">The data date.</param>
/// <param name="Datasets">In load order.</param>
internal sealed record DomainLoad(string Domain, DateOnly Partition, IReadOnlyList<DatasetLoad> Datasets)
{
    public long LoadedRows => Datasets.Sum(dataset => dataset.LoadedRows);

    public long QuarantinedRows => Datasets.Sum(dataset => dataset.QuarantinedRows);

    /// <summary>Whether everything was there already and nothing was written.</summary>
    public bool Skipped => Datasets.All(dataset => dataset.Skipped);
}

/// <summary>The load of one dataset's partition that is current now.</summary>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="LoadId">Id in <c>meta.partition_load</c>.</param>
/// <param name="FileRows">Rows of the file, without its header.</param>
/// <param name="LoadedRows">Rows in the fact table.</param>
/// <param name="QuarantinedRows">Rows in quarantine.</param>
/// <param name="Skipped">Whether this very content was loaded before, so that nothing was written.</param>
internal sealed record DatasetLoad(string Dataset, long LoadId, long FileRows, long LoadedRows, long QuarantinedRows, bool Skipped)
{
    /// <summary>What the contract's quality rules measured; empty for a skipped load.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];
}
