using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Platform.Worker.Landing;

/// <summary>Writes the files of one partition, then its manifest. Files may be written one after the other or at the same time.</summary>
internal sealed class PartitionWriter(BlobContainerClient container, string domain, DateOnly date, ManifestGenerator? generator)
{
    private readonly Dictionary<string, CsvFileWriter> _files = [];

    /// <summary>
    /// Starts the file of a dataset; the header is written at once. Dispose of it after <see cref="CsvFileWriter.CompleteAsync"/>.
    /// </summary>
    /// <param name="dataset">Name of the dataset, and of the file without its ending.</param>
    /// <param name="columns">Columns in file order.</param>
    /// <param name="controlSums">Columns to add up for the manifest.</param>
    public CsvFileWriter StartFile(string dataset, IReadOnlyList<string> columns, IReadOnlyList<string> controlSums)
    {
        var blob = container.GetBlockBlobClient(LandingPath.For(domain, date, dataset));
        var file = new CsvFileWriter(new BlockUpload(blob, "text/csv; charset=utf-8", generator), dataset, columns, controlSums);
        if (!_files.TryAdd(dataset, file))
        {
            throw new InvalidOperationException($"The file of {domain}.{dataset} was already started.");
        }

        return file;
    }

    /// <summary>
    /// Writes the manifest over all files started, and takes away data files that an earlier landing left and this one lacks. From now on the
    /// partition can be read.
    /// </summary>
    public async Task<Manifest> CompleteAsync(CancellationToken cancellationToken)
    {
        var manifest = new Manifest
        {
            Domain = domain,
            Partition = date,
            Generator = generator,
            Files = [.. _files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => file.Value.Completed
                ?? throw new InvalidOperationException($"The file of {domain}.{file.Key} was not completed."))],
        };
        var there = await PartitionFolder.ListAsync(container, domain, date, cancellationToken);
        foreach (var name in there.Where(file => !file.IsManifest).Select(file => file.Name).Except(manifest.Files.Select(file => file.Name)))
        {
            await container.GetBlobClient($"{LandingPath.For(domain, date)}/{name}").DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }

        await new BlockUpload(container.GetBlockBlobClient(LandingPath.Manifest(domain, date)), "application/json", generator)
            .CommitAsync(manifest.ToJson(), cancellationToken);
        return manifest;
    }
}
