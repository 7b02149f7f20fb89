using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Worker.Landing;

/// <summary>What a partition consists of; <c>_manifest.json</c>, written after all its files, or made of the files where a supplier sends none.</summary>
internal sealed record Manifest
{
    public required string Domain { get; init; }

    /// <summary>Data date.</summary>
    public required DateOnly Partition { get; init; }

    /// <summary>Who made the files; null for those of a supplier.</summary>
    public ManifestGenerator? Generator { get; init; }

    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>The partition of a supplier who sends no manifest: the files that are there, of which nothing is promised.</summary>
    public static Manifest Of(string domain, DateOnly partition, IEnumerable<LandedFile> files) =>
        new() { Domain = domain, Partition = partition, Files = [.. files.Select(ManifestFile.Unlisted)] };

    /// <summary>The files of a dataset, in the order of their names (by character code), in which they are read.</summary>
    public IReadOnlyList<ManifestFile> FilesOf(string dataset) =>
        [.. Files.Where(file => file.Dataset == dataset).OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>What is wrong with the names of the files; null when nothing is.</summary>
    public string? Fault()
    {
        var odd = Files.FirstOrDefault(file => !LandingPath.IsDataFile(file.Name) || LandingPath.DatasetOf(file.Name) != file.Dataset);
        var twice = Files.GroupBy(file => file.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return odd is not null
            ? $"lists the file '{odd.Name}' of dataset '{odd.Dataset}'; expected {odd.Dataset}[.anything].csv, .csv.gz or .parquet"
            : twice is not null ? $"lists the file '{twice.Key}' twice" : null;
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.Manifest);

    /// <exception cref="JsonException">No manifest.</exception>
    public static Manifest FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest) ?? throw new JsonException("The manifest is null.");
}

/// <summary>The generator's version and seed: with the data date they determine every byte of the files.</summary>
internal sealed record ManifestGenerator
{
    public required long Seed { get; init; }

    public required string Version { get; init; }
}

/// <summary>One file of a partition.</summary>
internal sealed record ManifestFile
{
    /// <summary>Name within the partition's folder; see <see cref="LandingPath.IsDataFile"/>.</summary>
    public required string Name { get; init; }

    public required string Dataset { get; init; }

    /// <summary>Rows without the header, bad ones included; empty lines are no rows.</summary>
    public required long Rows { get; init; }

    /// <summary>
    /// SHA-256 of the bytes as they are stored, compressed ones too; lower-case hexadecimal. Of a file that is not listed: SHA-256 of name, size and
    /// version, which tell the same content before it is read.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes as they are stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>Sum of each control column over all rows with the right number of fields, as a decimal: <c>"123.45"</c>.</summary>
    public required IReadOnlyDictionary<string, string> ControlSums { get; init; }

    /// <summary>Whether a manifest promises rows, hash and sums of the file.</summary>
    [JsonIgnore]
    public bool IsListed { get; private init; } = true;

    /// <summary>The version that was listed where no manifest promises a hash; readers keep to it.</summary>
    [JsonIgnore]
    public string? ETag { get; private init; }

    /// <summary>A file that lies there without a manifest.</summary>
    public static ManifestFile Unlisted(LandedFile file) => new()
    {
        Name = file.Name,
        Dataset = file.Dataset,
        Rows = 0,
        Bytes = file.Bytes,
        Sha256 = file.Identity,
        ControlSums = new Dictionary<string, string>(),
        IsListed = false,
        ETag = file.ETag,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
