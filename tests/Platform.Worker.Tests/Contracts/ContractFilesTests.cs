using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Platform.Worker.Contracts;

namespace Platform.Worker.Tests.Contracts;

/// <summary>
/// Contracts as files: those in <c>Accepted</c> with the model that is read from them, those in <c>Refused</c> with the fault of a line in a
/// comment at its end.
/// </summary>
public sealed partial class ContractFilesTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Accepted => [.. Names("Accepted")];

    public static TheoryData<string> Refused => [.. Names("Refused")];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Contract_OfImplementedParts_IsReadWhole(string dataset)
    {
        using var directory = new ContractFolder(File(dataset, "Accepted"));

        var contract = ContractCatalog.Load([directory.Path]).Domains[0].Datasets[0];

        Assert.Equal(
            System.IO.File.ReadAllText(Path.Combine(Folder("Accepted"), $"{dataset}.expected.json")).ReplaceLineEndings("\n").TrimEnd(),
            JsonSerializer.Serialize(contract with { File = dataset, Sha256 = "" }, Json).ReplaceLineEndings("\n"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Contract_OfOtherParts_IsRefusedLineByLine(string dataset)
    {
        using var directory = new ContractFolder(File(dataset, "Refused"));
        var expected = System.IO.File.ReadAllLines(File(dataset, "Refused")).Index()
            .SelectMany(line => Fault().Matches(line.Item).Select(match => $"{line.Index + 1}: {match.Groups[1].Value}"));

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([directory.Path]));

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            error.Errors.Select(fault => $"{fault.Line}: {fault.Message}").Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Names(string folder) => Directory.EnumerateFiles(Folder(folder), "*" + ContractCatalog.FileSuffix)
        .Select(file => Path.GetFileName(file)[..^ContractCatalog.FileSuffix.Length]).Order(StringComparer.Ordinal);

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Contracts", name);

    private static string File(string dataset, string folder) => Path.Combine(Folder(folder), dataset + ContractCatalog.FileSuffix);

    [GeneratedRegex(" #! (.+?)(?= #! |$)")]
    private static partial Regex Fault();

    /// <summary>A folder with that contract alone.</summary>
    private sealed class ContractFolder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("contracts");

        public ContractFolder(string file) => System.IO.File.Copy(file, System.IO.Path.Combine(_directory.FullName, System.IO.Path.GetFileName(file)));

        public string Path => _directory.FullName;

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
