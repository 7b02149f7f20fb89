using System.Net;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Platform.Worker.Landing;

/// <summary>Reads landed partitions: the manifest, then the files it lists.</summary>
/// <param name="container">The landing container.</param>
/// <param name="options">How much compressed files may grow; the defaults when null.</param>
internal sealed class PartitionReader(BlobContainerClient container, LandingOptions? options = null)
{
    private readonly LandingOptions _options = options ?? new LandingOptions();

    /// <summary>Reads what a partition consists of: its manifest, or the files that are there where none is needed and none is there.</summary>
    /// <exception cref="LandingException">The partition has not landed, or its manifest is none, or data files lie beside it that it does not list.</exception>
    public async Task<Manifest> ReadManifestAsync(string domain, DateOnly date, bool needsManifest, CancellationToken cancellationToken)
    {
        var path = LandingPath.Manifest(domain, date);
        var manifest = await FindManifestAsync(domain, date, cancellationToken);
        if (manifest is null && needsManifest)
        {
            throw Failure(path, "is not there: the partition has not landed, or is being written. Generate it or have its supplier send it.");
        }

        var files = (await PartitionFolder.ListAsync(container, domain, date, cancellationToken)).Where(file => !file.IsManifest);
        if (manifest is null)
        {
            return Manifest.Of(domain, date, files);
        }

        var left = files.Select(file => file.Name).Except(manifest.Files.Select(file => file.Name), StringComparer.Ordinal).ToList();
        return left.Count == 0
            ? manifest
            : throw Failure(path, $"does not list {string.Join(", ", left.Order(StringComparer.Ordinal))}, though it lies beside. "
                + "List every file or take it away; nothing was loaded.");
    }

    /// <summary>Reads the manifest of a partition; null when the partition has not landed.</summary>
    /// <exception cref="LandingException">What is there is not its manifest.</exception>
    public async Task<Manifest?> FindManifestAsync(string domain, DateOnly date, CancellationToken cancellationToken)
    {
        var path = LandingPath.Manifest(domain, date);
        try
        {
            var content = await container.GetBlobClient(path).DownloadContentAsync(cancellationToken);
            var manifest = Manifest.FromJson(content.Value.Content);
            if (manifest.Domain != domain || manifest.Partition != date)
            {
                var other = LandingPath.For(manifest.Domain, manifest.Partition);
                throw Failure(path, $"is the manifest of {other}. Land the partition again.");
            }

            return manifest.Fault() is { } fault ? throw Failure(path, $"{fault}. Land the partition again.") : manifest;
        }
        catch (RequestFailedException missing) when (missing.IsMissing())
        {
            return null;
        }
        catch (JsonException unreadable)
        {
            throw Failure(path, $"is not a manifest: {unreadable.Message} Land the partition again.", unreadable);
        }
    }

    /// <summary>
    /// Opens a file of a partition, expanded where it is a gzip file by its name or its Content-Encoding. The stream stays with the version
    /// that was there when it was opened, and throws at its end when the bytes were not those that the manifest promises: commit nothing
    /// before the end.
    /// </summary>
    /// <param name="manifest">The partition.</param>
    /// <param name="file">One of its files.</param>
    /// <param name="read">Takes the SHA-256 of the bytes at their end, where it is asked for.</param>
    /// <param name="cancellationToken">Stops waiting for the storage account.</param>
    /// <exception cref="LandingException">The file is missing, was replaced meanwhile, differs from the manifest, or is no whole gzip file.</exception>
    public async Task<Stream> OpenAsync(Manifest manifest, ManifestFile file, Action<string>? read, CancellationToken cancellationToken)
    {
        var path = $"{LandingPath.For(manifest.Domain, manifest.Partition)}/{file.Name}";
        try
        {
            // The SDK continues a broken download with If-Match on the first answer's ETag.
            var conditions = file.ETag is { } listed ? new BlobRequestConditions { IfMatch = new ETag(listed) } : null;
            var content = await container.GetBlobClient(path).DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions }, cancellationToken);
            var stored = new ManifestCheckedStream(content.Value.Content, path, file, read);
            return LandingPath.IsGzip(file.Name) || content.Value.Details.ContentEncoding is "gzip" or "x-gzip"
                ? new GunzipStream(stored, path, _options)
                : stored;
        }
        catch (RequestFailedException missing) when (missing.IsMissing())
        {
            throw Failure(path, "is in the manifest but not there. Land the partition again.", missing);
        }
        catch (RequestFailedException replaced) when (replaced.Status == (int)HttpStatusCode.PreconditionFailed)
        {
            throw ManifestCheckedStream.Replaced(path, replaced);
        }
    }

    private LandingException Failure(string path, string what, Exception? inner = null) =>
        new($"{container.Name}/{path} {what}", inner) { Blob = path };
}
