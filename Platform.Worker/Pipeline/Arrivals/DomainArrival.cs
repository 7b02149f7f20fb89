using Platform.Worker.Contracts;
using Platform.Worker.Landing;

namespace Platform.Worker.Pipeline.Arrivals;

/// <summary>What the contracts of a domain say of the arrival of its partitions.</summary>
internal static class DomainArrival
{
    /// <summary>The partition of the date as its contracts describe it; without a manifest only if all of them do without.</summary>
    public static ExpectedPartition Expected(this Domain domain, DateOnly date) => new(
        domain.Name,
        date,
        [.. domain.Datasets.Where(contract => !contract.Policy.IsOptional).Select(contract => contract.Dataset)],
        domain.NeedsManifest);

    /// <summary>When the partition of the date is due: as soon as the first of its datasets is.</summary>
    public static DateTimeOffset? Deadline(this Domain domain, DateOnly date) =>
        domain.Datasets.Where(contract => !contract.Policy.IsOptional).Min(contract => contract.ServiceLevel.Deadline(date));
}
