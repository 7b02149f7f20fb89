using System.Globalization;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

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

    /// <summary>The data files of a domain, all partitions.</summary>
    public async Task<IReadOnlyList<(DateOnly Date, string Dataset, string Name)>> FilesAsync(string domain, CancellationToken cancellationToken)
    {
        var files = new List<(DateOnly, string, string)>();
        if (!await container.ExistsAsync(cancellationToken))
        {
            return files;
        }

        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{domain}/", cancellationToken))
        {
            if (blob.Name.Split('/') is [_, var folder, var name] && LandingPath.IsDataFile(name)
                && DateOnly.TryParseExact(folder, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                files.Add((date, LandingPath.DatasetOf(name), name));
            }
        }

        return files;
    }

    /// <summary>Removes the files of a dataset for good, after the manifest, which would speak of files that are not there.</summary>
    /// <returns>How many files.</returns>
    public async Task<int> RemoveAsync(string domain, DateOnly date, string dataset, CancellationToken cancellationToken)
    {
        List<LandedFile> files = [.. (await PartitionFolder.ListAsync(container, domain, date, cancellationToken))
            .Where(file => file.IsManifest || file.Dataset == dataset).OrderByDescending(file => file.IsManifest)];
        foreach (var file in files)
        {
            await container.GetBlobClient($"{LandingPath.For(domain, date)}/{file.Name}").DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }

        return files.Count(file => !file.IsManifest);
    }
}
