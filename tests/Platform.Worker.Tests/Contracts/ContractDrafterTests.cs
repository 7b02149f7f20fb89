using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Drafting;

namespace Platform.Worker.Tests.Contracts;

/// <summary>Files in <c>Drafts</c>, each with the contract that is drafted from it.</summary>
public sealed class ContractDrafterTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Contracts", "Drafts");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("orders.csv", "orders")]
    [InlineData("parcels.csv.gz", "parcels")]
    [InlineData("visits.csv", "visits")]
    [InlineData("nothing.csv", "nothing")]
    public async Task Draft_File_IsTheContractThatWasReviewed(string file, string dataset)
    {
        var draft = await ContractDrafter.DraftAsync(Path.Combine(Folder, file), "inbox", null, Token);

        Assert.Equal((await File.ReadAllTextAsync(Path.Combine(Folder, dataset + ContractCatalog.FileSuffix), Token)).ReplaceLineEndings("\n"), draft.Text);
        Assert.Equal(dataset, draft.Dataset);
        using var folder = new DraftFolder(draft);
        Assert.Equal(dataset, Assert.Single(ContractFiles.Read(folder.Path)).Dataset);
        if (JsonSchema.Published("odcs-3.1.0", output) is { } schema)
        {
            Assert.Equal([], schema.Validate(OdcsSchemaTests.Json(draft.Text)));
        }
    }

    [Theory]
    [InlineData("\n", "has no header")]
    [InlineData("a,b,a\n", "x.csv:1: the header has 'a' more than once")]
    [InlineData("a,,c\n", "x.csv:1: column 2 has no name in the header")]
    public async Task Draft_FileWithoutUsableHeader_SaysWhatIsWrong(string csv, string message)
    {
        using var folder = new DraftFolder(new Draft("none", ""));
        var file = Path.Combine(folder.Path, "x.csv");
        await File.WriteAllTextAsync(file, csv, Token);

        var error = await Assert.ThrowsAsync<DataFaultException>(() => ContractDrafter.DraftAsync(file, "inbox", null, Token));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_TruncatedGzip_IsADataFault()
    {
        using var folder = new DraftFolder(new Draft("none", ""));
        var file = Path.Combine(folder.Path, "x.csv.gz");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(Path.Combine(Folder, "parcels.csv.gz"), Token))[..300], Token);

        var error = await Assert.ThrowsAnyAsync<DataFaultException>(() => ContractDrafter.DraftAsync(file, "inbox", null, Token));

        Assert.Contains("x.csv.gz", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Größe (cm)", "groesse_cm")]
    [InlineData("  Straße/Nr. ", "strasse_nr")]
    [InlineData("2nd Élève", "c_2nd_eleve")]
    [InlineData("数量", "c")]
    public void Name_OfAHeader_IsALowerCaseName(string header, string name) => Assert.Equal(name, DraftNames.Of(header));

    [Fact]
    public void Names_OfHeadersThatLookAlike_Differ() =>
        Assert.Equal(["price", "price_2", "price_3"], DraftNames.OfAll(["Price", "price", "PRICE "]));

    /// <summary>A folder with the draft as a contract file.</summary>
    private sealed class DraftFolder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("drafts");

        public DraftFolder(Draft draft) => File.WriteAllText(System.IO.Path.Combine(_directory.FullName, draft.Dataset + ContractCatalog.FileSuffix), draft.Text);

        public string Path => _directory.FullName;

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
