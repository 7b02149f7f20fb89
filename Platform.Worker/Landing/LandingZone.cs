using Azure.Storage.Blobs;

namespace Platform.Worker.Landing;

/// <summary>Where partitions land: opens them for writing.</summary>
internal sealed class LandingZone(BlobContainerClient container)
{
    private volatile bool _containerExists;

    /// <summary>Where the container is, as lineage calls it: <c>wasbs://{container}@{account's host}</c>.</summary>
    public string Address => $"wasbs://{container.Name}@{container.Uri.Authority}";

    /// <summary>
    /// Starts (or starts again) a partition: takes its manifest away, so that nobody reads old and new files together, and returns the
    /// writer of its files. The partition is there once <see cref="PartitionWriter.CompleteAsync"/> has returned.
    /// </summary>
    /// <param name="domain">Domain, as in the contracts: the first folder of the path.</param>
    /// <param name="date">Data date.</param>
    /// <param name="generator">What makes the files; null for files of a supplier.</param>
    /// <param name="cancellationToken">Stops waiting for the storage account.</param>
    public async Task<PartitionWriter> StartPartitionAsync(
        string domain, DateOnly date, ManifestGenerator? generator, CancellationToken cancellationToken)
    {
        if (!_containerExists)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            _containerExists = true;
        }

        await container.GetBlobClient(LandingPath.Manifest(domain, date)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        return new PartitionWriter(container, domain, date, generator);
    }
}
