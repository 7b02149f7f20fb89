using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Platform.Worker.Tests.Operate.Cli;

/// <summary><c>contracts check</c> as a supplier calls it: a process without any server.</summary>
public sealed class ContractsCheckTests : IDisposable
{
    private const string Header = "Zustelltag;Zeit;signed;Gebühr;barcode;Empfänger;Paket-Nr.";
    private static readonly string Contracts = Path.Combine(AppContext.BaseDirectory, "Loading", "Depot");
    private static readonly string Shop = Path.Combine(AppContext.BaseDirectory, "Loading", "Shop");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("check");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Check_GoodFile_SaysSoAndExitsWithZero()
    {
        var file = Write("parcels.csv", Header, "31.01.2026;;true;1,00;1;a;P1");

        var (code, output, error) = await CheckAsync([file, "--contract", Contracts, "--date", "2026-01-31"]);

        Assert.Equal((0, "depot.parcels 1.0.0, 2026-01-31: 1 rows, 1 accepted, 0 rejected\n", ""), (code, output, error));
    }

    [Fact]
    public async Task Check_FilesWithFaults_TellsEveryRejectedRowWithTheReason()
    {
        var file = Write("parcels.csv", Header, "31.01.2026;;true;1,00;1;a;P1", "30.01.2026;;;x;2;a;P2", "31.01.2026;;;1,00;4;b;P1", "31.01.2026;;;1,00;1;b;P4");
        var more = Path.Combine(_directory.FullName, "parcels.2.csv.gz");
        await using (var gzip = new GZipStream(File.Create(more), CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(Bytes(Header + ";Notiz", "31.01.2026;;;1,00;3;a;P1;", "31.01.2026;;;1,00;5;a;P6;!"), Token);
        }

        var (code, output, _) = await CheckAsync([file, more, "--contract", Contracts, "--date", "2026-01-31"]);

        Assert.Equal(
            $"""
            {more}:3: unknown_column: Notiz is '!'; the contract does not know this column, so that it must be empty.
            {file}:3: type: fee ('Gebühr') is 'x'; expected a number with at most 8 digits before and 2 after the decimal comma. delivered_on ('Zustelltag') is 30.01.2026; expected the data date 2026-01-31 of the partition.
            {file}:2: unique: parcel_id is P1 as in line 2 of {more}; a key is expected once in a partition, and the first line stays.
            {file}:4: unique: parcel_id is P1 as in line 2 of {more}; a key is expected once in a partition, and the first line stays.
            depot.parcels 1.0.0, 2026-01-31: 6 rows, 2 accepted, 4 rejected (type 1, unique 2, unknown_column 1)

            """.ReplaceLineEndings("\n"),
            output);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task Check_Json_IsOneDocumentWithWhatCannotBeChecked()
    {
        var items = Write("items.csv", "item_id,name,kind,price,quantity,serial,sold_on,sold_at,gift", "A1,Apple,food,1.00,1,1,2026-01-31,,", "A2,A,food,1.00,1,1,2026-01-31,,");
        var reviews = Write("reviews.csv", "item_id,number,text", "A1,1,=1+1", "A1,1,again");

        var (code, output, _) = await CheckAsync([reviews, items, "--contract", Shop, "--json"]);

        Assert.Equal(1, code);
        var document = JsonDocument.Parse(output).RootElement;
        Assert.False(document.GetProperty("clean").GetBoolean());
        var datasets = document.GetProperty("datasets").EnumerateArray().ToDictionary(dataset => dataset.GetProperty("dataset").GetString()!);
        var row = Assert.Single(datasets["items"].GetProperty("rejected_rows").EnumerateArray());
        Assert.Equal((3, "name", "length", "A"), (row.GetProperty("line").GetInt32(), row.GetProperty("column").GetString(), row.GetProperty("rule").GetString(), row.GetProperty("value").GetString()));
        Assert.Equal("2.00", datasets["items"].GetProperty("files")[0].GetProperty("control_sums").GetProperty("price").GetString());
        Assert.Equal(["that sold_on is the data date: give --date"], datasets["items"].GetProperty("not_checked").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(1, datasets["reviews"].GetProperty("by_rule").GetProperty("unique").GetInt32());
        Assert.Equal(
            ["that item_id is a item_id of shop.items: needs that dataset's partition"], datasets["reviews"].GetProperty("not_checked").EnumerateArray().Select(text => text.GetString()));
    }

    [Fact]
    public async Task Check_BrokenRuleOrFile_SaysThatTheLoadWouldBeRefused()
    {
        var few = Path.Combine(_directory.FullName, "few.yaml");
        var yaml = await File.ReadAllTextAsync(Path.Combine(Contracts, "parcels.odcs.yaml"), Token);
        await File.WriteAllTextAsync(few, yaml.Replace("mustBeLessThan: 1000", "mustBeLessThan: 1", StringComparison.Ordinal)
            .Replace("mustBeLessOrEqualTo: 50", "mustBeLessThan: 50", StringComparison.Ordinal)
            .Replace("  - property: manifest\n", "  - {property: quarantineLimit, value: {rows: 0}}\n  - property: manifest\n", StringComparison.Ordinal), Token);
        var folder = _directory.CreateSubdirectory("20260131").FullName;
        var file = Write("20260131/x.csv", Header, "31.01.2026;;;1,00;1;unbekannt;P1", "31.01.2026;;;1,00;1;a;P2", "31.01.2026;;;1,00;;a;P3");
        var wrong = Write("20260131/wrong.csv", "a;b", "1;2");

        var ruled = await CheckAsync([file, "--contract", few]);
        var refused = await CheckAsync([wrong, "--contract", few]);

        Assert.Equal(
            $"""
            {file}:3: unique: barcode is 1 as in line 2; a value is expected once in a partition, and the first line stays.
            depot.parcels 1.0.0, 2026-01-31: 3 rows, 2 accepted, 1 rejected (unique 1)
              refused: 1 of 3 rows (33.33 %) do not keep the contract; at most 0 rows may (quarantineLimit). Nothing of the dataset would be loaded.
              refused: rule 'not too many' ({few}:{Line(yaml, "- metric: rowCount") + 1}) measured 2; expected < 1. Nothing of the dataset would be loaded.
              refused: rule 'missingValues receiver' ({few}:{Line(yaml, "- {metric: missingValues") + 1}) measured 50 % on receiver; expected < 50 %. Nothing of the dataset would be loaded.

            """.ReplaceLineEndings("\n"),
            ruled.Output);
        Assert.Equal((1, 1), (ruled.ExitCode, refused.ExitCode));
        Assert.Contains($"  refused: {folder}/wrong.csv:1: the header lacks 'Paket-Nr.'", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WrongCommand_ExitsWithTwoAndNamesTheRemedy()
    {
        var file = Write("orders.csv", "a", "1");

        (string[] Arguments, string Message)[] cases =
        [
            ([file, "--contract", Contracts], "there is no contract of a dataset 'orders'"),
            (["nowhere.csv", "--contract", Contracts], "nowhere.csv: there is no such file"),
            ([file, "--contract", Contracts, "--date", "31.01.2026"], "is no data date"),
            ([file, "--contract", _directory.FullName], "there is no contract file"),
            ([], "FILE"),
        ];
        foreach (var (arguments, message) in cases)
        {
            var (code, output, error) = await CheckAsync(arguments);

            Assert.Equal(2, code);
            Assert.Contains(message, output + error, StringComparison.Ordinal);
        }
    }

    private static int Line(string yaml, string text) => yaml.Split('\n').Index().First(line => line.Item.Contains(text, StringComparison.Ordinal)).Index + 1;

    private static async Task<(int ExitCode, string Output, string Error)> CheckAsync(string[] arguments)
    {
        var (code, output, error) = await WorkerProcess.RunAsync(["contracts", "check", .. arguments], new Dictionary<string, string>(), Token);
        return (code, output.ReplaceLineEndings("\n"), error);
    }

    private static byte[] Bytes(params string[] lines) =>
        CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllBytes(path, Bytes(lines));
        return path;
    }
}
