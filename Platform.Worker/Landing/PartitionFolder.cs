using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Platform.Worker.Landing;

/// <summary>What lies in a partition's folder.</summary>
internal static class PartitionFolder
{
    /// <summary>Names of its data files, listed in a manifest or not.</summary>
    public static async Task<HashSet<string>> DataFilesAsync(
        BlobContainerClient container, string domain, DateOnly date, CancellationToken cancellationToken)
    {
        var folder = $"{LandingPath.For(domain, date)}/";
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = folder }, cancellationToken))
        {
            if (blob.Name[folder.Length..] is var name && LandingPath.IsDataFile(name))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
