using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Worker.Landing;

/// <summary>A partition that somebody is to land.</summary>
/// <param name="Domain">Domain, as in the contracts: the first folder of the path.</param>
/// <param name="Date">Data date.</param>
/// <param name="Datasets">Datasets that it is not complete without.</param>
/// <param name="NeedsManifest">Whether it is complete only with its manifest, not as soon as every dataset has a file.</param>
internal sealed record ExpectedPartition(string Domain, DateOnly Date, IReadOnlyList<string> Datasets, bool NeedsManifest = true);

/// <summary>What there is of a partition at one moment.</summary>
internal sealed record PartitionArrival
{
    /// <summary>What it lacks, for people; null when it has landed.</summary>
    public string? Missing { get; init; }

    public bool HasLanded => Missing is null;

    /// <summary>Whether it has a manifest, which then speaks for its files.</summary>
    public bool HasManifest { get; init; }

    /// <summary>SHA-256 over name, size and version of the manifest and the data files in the folder: another identity, another content to load.</summary>
    public required string Identity { get; init; }

    /// <summary>Data files in the folder, by name; the manifest is not among them.</summary>
    public required IReadOnlyList<LandedFile> Files { get; init; }
}

/// <summary>A blob of a partition's folder.</summary>
/// <param name="Name">Name within the folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Version">MD5 of the content where the storage account knows it (the same bytes landed again are the same version), otherwise the ETag.</param>
/// <param name="IsGenerated">Whether the mock generator wrote it.</param>
internal sealed record LandedFile(string Name, long Bytes, string Version, bool IsGenerated)
{
    /// <summary>Names these bytes in the landing zone; null where a listing has none.</summary>
    public string? ETag { get; init; }

    /// <summary>The dataset that it is a file of: its name up to the first dot.</summary>
    public string Dataset => LandingPath.DatasetOf(Name);

    public bool IsManifest => Name == LandingPath.ManifestName;

    /// <summary>SHA-256 over name, size and version: another identity, another content.</summary>
    public string Identity => IdentityOf([this]);

    /// <summary>The same over several files, in whatever order they come.</summary>
    public static string IdentityOf(IEnumerable<LandedFile> files) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
        files.OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name}\n{file.Bytes}\n{file.Version}\n"))))));
}
