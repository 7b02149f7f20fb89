using System.Net;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace Platform.Worker.Landing;

/// <summary>Reads landed partitions: the manifest, then the files it lists.</summary>
internal sealed class PartitionReader(BlobContainerClient container)
{
    /// <summary>Reads the manifest of a partition.</summary>
    /// <exception cref="LandingException">The partition has not landed, or its manifest is none.</exception>
    public async Task<Manifest> ReadManifestAsync(string domain, DateOnly date, CancellationToken cancellationToken) =>
        await FindManifestAsync(domain, date, cancellationToken)
        ?? throw Failure(
            LandingPath.Manifest(domain, date),
            "is not there: the partition has not landed, or is being written. Generate it or have its supplier send it.");

    /// <summary>Reads the manifest of a partition; null when the partition has not landed.</summary>
    /// <exception cref="LandingException">What is there is not its manifest.</exception>
    public async Task<Manifest?> FindManifestAsync(string domain, DateOnly date, CancellationToken cancellationToken)
    {
        var path = LandingPath.Manifest(domain, date);
        try
        {
            var content = await container.GetBlobClient(path).DownloadContentAsync(cancellationToken);
            var manifest = Manifest.FromJson(content.Value.Content);
            if (manifest.Domain == domain && manifest.Partition == date)
            {
                return manifest;
            }

            var other = LandingPath.For(manifest.Domain, manifest.Partition);
            throw Failure(path, $"is the manifest of {other}. Land the partition again.");
        }
        catch (RequestFailedException missing) when (missing.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (JsonException unreadable)
        {
            throw Failure(path, $"is not a manifest: {unreadable.Message} Land the partition again.", unreadable);
        }
    }

    /// <summary>
    /// Opens a file of a partition. The stream stays with the version that was there when it was opened, and throws at its end when the
    /// bytes were not those that the manifest promises: commit nothing before the end.
    /// </summary>
    /// <exception cref="LandingException">The file is missing, was replaced meanwhile, or differs from the manifest.</exception>
    public async Task<Stream> OpenAsync(Manifest manifest, ManifestFile file, CancellationToken cancellationToken)
    {
        var path = $"{LandingPath.For(manifest.Domain, manifest.Partition)}/{file.Name}";
        try
        {
            // The SDK continues a broken download with If-Match on the first answer's ETag.
            var content = await container.GetBlobClient(path).DownloadStreamingAsync(cancellationToken: cancellationToken);
            return new ManifestCheckedStream(content.Value.Content, path, file);
        }
        catch (RequestFailedException missing) when (missing.Status == (int)HttpStatusCode.NotFound)
        {
            throw Failure(path, "is in the manifest but not there. Land the partition again.", missing);
        }
    }

    private LandingException Failure(string path, string what, Exception? inner = null) =>
        new($"{container.Name}/{path} {what}", inner) { Blob = path };
}
