using System.Formats.Tar;
using System.IO.Compression;

namespace Platform.Worker.Transform.Packages;

/// <summary>Fetches .tar.gz archives of packages and unpacks them, never outside the folder meant for them.</summary>
internal sealed class TarballStore(PackageDownload download)
{
    /// <returns>The folder of the project in the archive: its one top folder.</returns>
    /// <exception cref="TransformException">The archive cannot be had, is none, reaches outside itself, or is no package.</exception>
    public async Task<string> FetchAsync(string url, string directory, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            {
                throw new TransformException(at, $"the package '{package}' has '{url}' as its archive, which is no URL. Write https://...");
            }

            await using var content = await download.OpenAsync(address, package, at, cancellationToken);
            try
            {
                Directory.CreateDirectory(directory);
                await ExtractAsync(content, directory, package, at, cancellationToken);
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or FormatException)
            {
                throw new TransformException(at, $"the package '{package}' ({url}) is not a readable .tar.gz: {fault.Message}", fault);
            }
        }

        return Directory.GetDirectories(directory) is [var only] && Directory.GetFiles(directory).Length == 0
            ? only
            : throw new TransformException(
                at, $"Incorrect structure for package extracted from {url}. The extracted package needs to follow the structure {package}/<package_contents>.");
    }

    /// <summary>Writes the files of an archive. Links are passed over: no dbt package needs them, and they are how an archive reaches outside.</summary>
    private static async Task ExtractAsync(Stream content, string directory, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        await using var unzipped = new GZipStream(content, CompressionMode.Decompress);
        await using var archive = new TarReader(unzipped);
        while (await archive.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.Directory))
            {
                continue;
            }

            var path = PackageWorkspace.Below(directory, entry.Name, at, $"the archive of the package '{package}'");
            if (entry.EntryType is TarEntryType.Directory)
            {
                Directory.CreateDirectory(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = File.Create(path);
            await (entry.DataStream ?? Stream.Null).CopyToAsync(file, cancellationToken);
        }
    }
}
