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

    /// <summary>Name of a dataset's file within its partition.</summary>
    public static string FileName(string dataset) => $"{dataset}.csv";

    /// <summary>The dataset that a file belongs to: its name up to the first dot.</summary>
    public static string DatasetOf(string fileName) => fileName.Split('.', 2)[0];
}
