using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
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
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var (name, _) in ListAsync(container, domain, date, cancellationToken))
        {
            names.Add(name);
        }

        return names;
    }

    /// <summary>Its data files as a manifest would list them, as far as a listing tells.</summary>
    public static async Task<List<ManifestFile>> FilesAsync(BlobContainerClient container, string domain, DateOnly date, CancellationToken cancellationToken)
    {
        var files = new List<ManifestFile>();
        await foreach (var (name, blob) in ListAsync(container, domain, date, cancellationToken))
        {
            var version = blob.ETag?.ToString() ?? "";
            var content = blob.ContentHash is { Length: > 0 } md5 ? Convert.ToHexStringLower(md5) : version;
            files.Add(new ManifestFile
            {
                Name = name,
                Dataset = LandingPath.DatasetOf(name),
                Rows = 0,
                Bytes = blob.ContentLength ?? 0,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{blob.ContentLength} {content}"))),
                ControlSums = new Dictionary<string, string>(),
                Version = version,
            });
        }

        return files;
    }

    private static async IAsyncEnumerable<(string Name, BlobItemProperties Blob)> ListAsync(
        BlobContainerClient container, string domain, DateOnly date, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = $"{LandingPath.For(domain, date)}/";
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = folder }, cancellationToken))
        {
            if (blob.Name[folder.Length..] is var name && LandingPath.IsDataFile(name))
            {
                yield return (name, blob.Properties);
            }
        }
    }
}
