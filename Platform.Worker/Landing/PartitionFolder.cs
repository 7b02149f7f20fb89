using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Platform.Worker.Landing;

/// <summary>What lies in a partition's folder.</summary>
internal static class PartitionFolder
{
    /// <summary>The manifest, if there is one, and the data files, listed in it or not. Other blobs are nobody's business.</summary>
    public static async Task<List<LandedFile>> ListAsync(
        BlobContainerClient container, string domain, DateOnly date, CancellationToken cancellationToken)
    {
        var folder = $"{LandingPath.For(domain, date)}/";
        var files = new List<LandedFile>();
        try
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, folder, cancellationToken))
            {
                if (blob.Name[folder.Length..] is var name && (name == LandingPath.ManifestName || LandingPath.IsDataFile(name)))
                {
                    files.Add(new LandedFile(
                        name,
                        blob.Properties.ContentLength ?? 0,
                        blob.Properties.ContentHash is { Length: > 0 } md5 ? Convert.ToHexStringLower(md5) : blob.Properties.ETag?.ToString() ?? "",
                        blob.Metadata.ContainsKey(BlockUpload.GeneratorMark))
                    {
                        ETag = blob.Properties.ETag?.ToString(),
                    });
                }
            }
        }
        catch (RequestFailedException missing) when (missing.IsMissing())
        {
            // No container yet: nothing ever landed.
        }

        return files;
    }
}
