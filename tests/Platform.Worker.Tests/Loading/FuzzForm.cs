using System.Globalization;
using System.Text;

namespace Platform.Worker.Tests.Loading;

/// <summary>A form of the items' files, and the contract that says so.</summary>
internal sealed record FuzzForm(string Name, char Delimiter, string EncodingName, char Point, string? NullText, string? DateFormat, bool HasUnknownColumn)
{
    private const string Quarantine = "  - {property: schemaEvolution, value: quarantine}\n";

    public static IReadOnlyList<FuzzForm> All { get; } =
    [
        new("plain", ',', "utf-8", '.', null, null, false),
        new("german", ';', "windows-1252", ',', "NULL", "dd.MM.yyyy", true),
        new("tabs", '\t', "utf-16", '.', null, "yyyyMMdd", false),
        new("pipes", '|', "utf-8", ',', "-", "d/M/yyyy", true),
    ];

    public bool IsUtf8 => EncodingName == "utf-8";

    public Encoding Encoding => CodePagesEncodingProvider.Instance.GetEncoding(EncodingName) ?? Encoding.GetEncoding(EncodingName);

    public string Date(DateOnly date) => date.ToString(DateFormat ?? "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public string Price(decimal price) => price.ToString("F2", CultureInfo.InvariantCulture).Replace('.', Point);

    /// <summary>Writes the contract of the items of Shop in this form into a folder of its own below the directory.</summary>
    /// <returns>Path of the contract.</returns>
    public string WriteContract(string directory)
    {
        var yaml = File.ReadAllText(Path.Combine(Shop.Contracts, "items.odcs.yaml")).ReplaceLineEndings("\n");
        var file = $"delimiter: '{(Delimiter == '\t' ? "tab" : Delimiter)}', encoding: {EncodingName}, decimalSeparator: '{Point}'{(NullText is null ? "" : $", nullText: '{NullText}'")}";
        yaml = yaml.Replace(
            "schema:\n",
            $"  - {{property: manifest, value: optional}}\n  - {{property: file, value: {{{file}}}}}\n{(HasUnknownColumn ? Quarantine : "")}schema:\n",
            StringComparison.Ordinal);
        yaml = yaml.Replace("- name: serial\n", "- name: serial\n        unique: true\n", StringComparison.Ordinal);
        if (DateFormat is not null)
        {
            yaml = yaml.Replace("logicalType: date\n", $"logicalType: date\n        logicalTypeOptions: {{format: {DateFormat}}}\n", StringComparison.Ordinal);
        }

        var folder = Directory.CreateDirectory(Path.Combine(directory, Name));
        var path = Path.Combine(folder.FullName, "items.odcs.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
