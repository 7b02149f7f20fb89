using Azure.Storage.Blobs;

namespace Platform.Worker.Landing;

/// <summary>Looks whether partitions have landed: one listing of the folder, and a reading of the manifest when there is one.</summary>
internal sealed class PartitionArrivals(BlobContainerClient container, PartitionReader reader)
{
    private const int FilesNamed = 5;

    /// <summary>
    /// Looks for a partition. It has landed when its manifest is there with every file that it lists, in whatever order they were uploaded;
    /// where none is needed and none is there, when every required dataset has a file.
    /// </summary>
    public async Task<PartitionArrival> FindAsync(ExpectedPartition expected, CancellationToken cancellationToken)
    {
        var folder = await PartitionFolder.ListAsync(container, expected.Domain, expected.Date, cancellationToken);
        var hasManifest = folder.Exists(file => file.IsManifest);
        List<LandedFile> files = [.. folder.Where(file => !file.IsManifest).OrderBy(file => file.Name, StringComparer.Ordinal)];
        return new PartitionArrival
        {
            Missing = hasManifest ? await MissingAsync(expected, files, cancellationToken) : Missing(expected, files),
            HasManifest = hasManifest,
            Identity = LandedFile.IdentityOf(folder),
            Files = files,
        };
    }

    /// <summary>Whether a supplier has landed the partition, or has begun to: the generator then leaves it alone.</summary>
    public async Task<bool> IsSuppliersAsync(string domain, DateOnly date, CancellationToken cancellationToken)
    {
        var folder = await PartitionFolder.ListAsync(container, domain, date, cancellationToken);
        return !folder.TrueForAll(file => file.IsGenerated)
            && (folder.Exists(file => file.IsGenerated) || !WasGenerated(await ManifestAsync(domain, date, cancellationToken), folder));
    }

    /// <summary>Partitions generated before files bore the generator's mark: the manifest says so, and speaks of the files that are there.</summary>
    private static bool WasGenerated(Manifest? manifest, List<LandedFile> folder) =>
        manifest is { Generator: not null } && folder.Where(file => !file.IsManifest).All(
            file => manifest.Files.Any(listed => listed.Name == file.Name && listed.Bytes == file.Bytes));

    private static string? Missing(ExpectedPartition expected, List<LandedFile> files)
    {
        var folder = LandingPath.For(expected.Domain, expected.Date);
        if (expected.NeedsManifest)
        {
            return files.Count == 0
                ? $"{folder} has not landed: nothing is there"
                : $"{folder} is being landed: {Names(files.Select(file => file.Name))} there, {LandingPath.ManifestName} still missing";
        }

        var missing = expected.Datasets.Except(files.Select(file => file.Dataset), StringComparer.Ordinal).ToList();
        return missing.Count == 0 ? null : $"{folder} has not landed: no file of {Names(missing)}";
    }

    private async Task<string?> MissingAsync(ExpectedPartition expected, List<LandedFile> files, CancellationToken cancellationToken)
    {
        // A manifest that cannot be read, or went away, is for the load to tell.
        var manifest = await ManifestAsync(expected.Domain, expected.Date, cancellationToken);
        var missing = manifest?.Files.Select(file => file.Name).Except(files.Select(file => file.Name), StringComparer.Ordinal).ToList();
        return missing is { Count: > 0 }
            ? $"{LandingPath.For(expected.Domain, expected.Date)} is being landed: {LandingPath.ManifestName} lists {Names(missing)}, still missing"
            : null;
    }

    private async Task<Manifest?> ManifestAsync(string domain, DateOnly date, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.FindManifestAsync(domain, date, cancellationToken);
        }
        catch (LandingException)
        {
            return null;
        }
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(FilesNamed)) + (all.Count > FilesNamed ? $" and {all.Count - FilesNamed} more" : "");
    }
}
