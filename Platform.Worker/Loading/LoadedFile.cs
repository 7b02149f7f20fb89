using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading;

/// <summary>One file of a load, as it was read.</summary>
internal sealed record LoadedFile
{
    public required ManifestFile File { get; init; }

    /// <summary>SHA-256 of the bytes that were read.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What is added to a line of this file to give its <c>_line</c>: the last lines of the files before it.</summary>
    public required int LineOffset { get; init; }

    /// <summary><c>_line</c> of the file's last record.</summary>
    public required int LastLine { get; init; }

    /// <summary>Good and bad rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Sums over the file, in the order of the contract's control sums.</summary>
    public required IReadOnlyList<decimal> Sums { get; init; }

    /// <summary>Sums over the rows that the row checks refused.</summary>
    public required IReadOnlyList<decimal> RejectedSums { get; init; }

    /// <summary>The order in which the files of a dataset are read, whatever the order of the manifest: by name.</summary>
    public static IReadOnlyList<ManifestFile> InOrder(IEnumerable<ManifestFile> files) => [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>What identifies the content of a load: the file's hash, or that of the names and hashes of several.</summary>
    public static string ContentSha256(IReadOnlyList<ManifestFile> files) => files is [var only]
        ? only.Sha256
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{file.Sha256} {file.Name}\n")))));

    /// <summary>The column <c>files</c> of <c>meta.partition_load</c>.</summary>
    public static string Json(IReadOnlyList<LoadedFile> files) => JsonSerializer.Serialize(files.Select(file => new
    {
        name = file.File.Name,
        line_offset = file.LineOffset,
        last_line = file.LastLine,
        rows = file.Rows,
        sha256 = file.Sha256,
    }));
}
