using System.Globalization;

namespace Platform.Worker.Landing;

/// <summary>Blob names in the landing container.</summary>
internal static class LandingPath
{
    public const string ManifestName = "_manifest.json";

    /// <summary>Folder of a partition: <c>{domain}/{yyyyMMdd}</c>.</summary>
    public static string For(string domain, DateOnly date) =>
        string.Create(CultureInfo.InvariantCulture, $"{domain}/{date:yyyyMMdd}");

    /// <summary>File of a dataset: <c>{domain}/{yyyyMMdd}/{dataset}.csv</c>.</summary>
    public static string For(string domain, DateOnly date, string dataset) => $"{For(domain, date)}/{FileName(dataset)}";

    /// <summary>Manifest of a partition: <c>{domain}/{yyyyMMdd}/_manifest.json</c>.</summary>
    public static string Manifest(string domain, DateOnly date) => $"{For(domain, date)}/{ManifestName}";

    /// <summary>Name of a dataset's file within its partition, where it has one.</summary>
    public static string FileName(string dataset) => $"{dataset}.csv";

    /// <summary>Whether a name is that of a data file: <c>{dataset}[.anything].csv</c>, the same with <c>.gz</c>, or with <c>.parquet</c>.</summary>
    public static bool IsDataFile(string name) =>
        !name.AsSpan().ContainsAny('/', '\\') && name.IndexOf('.', StringComparison.Ordinal) > 0
        && (name.EndsWith(".csv", StringComparison.Ordinal) || name.EndsWith(".csv.gz", StringComparison.Ordinal) || IsParquet(name));

    /// <summary>The dataset of a data file: its name up to the first dot.</summary>
    public static string DatasetOf(string name) => name[..name.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>Whether the name is that of a gzip file.</summary>
    public static bool IsGzip(string name) => name.EndsWith(".gz", StringComparison.Ordinal);

    /// <summary>Whether the name is that of a Parquet file.</summary>
    public static bool IsParquet(string name) => name.EndsWith(".parquet", StringComparison.Ordinal);
}
