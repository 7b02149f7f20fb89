using System.Globalization;
using System.Text.Json;

namespace Platform.Api.Receipts;

/// <summary>A file of a partition. Lines run on from one file of a partition to the next.</summary>
/// <param name="Name">Its name in the partition's folder.</param>
/// <param name="LineOffset">What is added to a line of the file to give the fact's line.</param>
/// <param name="LastLine">The fact's line of its last row; null for the only or last file.</param>
internal sealed record SourceFile(string Name, int LineOffset, int? LastLine, long? Rows, string? Sha256);

/// <summary>Reads <c>meta.partition_load.files</c>.</summary>
internal static class SourceFiles
{
    public static IReadOnlyList<SourceFile> Read(JsonElement files) =>
    [
        .. files.EnumerateArray().Select(file => new SourceFile(
            file.GetProperty("name").GetString()!,
            file.GetProperty("line_offset").GetInt32(),
            file.TryGetProperty("last_line", out var last) && last.ValueKind == JsonValueKind.Number ? last.GetInt32() : null,
            file.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Number ? rows.GetInt64() : null,
            file.TryGetProperty("sha256", out var hash) ? hash.GetString() : null)),
    ];

    /// <summary>The file that a fact's line is in, and the line in it.</summary>
    public static (SourceFile File, int Line)? Find(IReadOnlyList<SourceFile> files, int line) =>
        files.Where(file => line > file.LineOffset).MaxBy(file => file.LineOffset) is { } found ? (found, line - found.LineOffset) : null;

    /// <summary>Where the file is in the landing zone.</summary>
    public static string Path(string domain, DateOnly partition, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"{domain}/{partition:yyyyMMdd}/{file}");
}
