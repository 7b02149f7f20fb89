using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Tests.Loading.Quarantine;

namespace Platform.Worker.Tests.Operate.Cli.Quarantine;

/// <summary>The verbs as operators call them: the executable as a process of its own.</summary>
public sealed class QuarantineCommandTests(EmbeddedServers servers)
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workflow_ExportCorrectFixReplayDiscard_LeavesNothingOpen()
    {
        await using var desk = await LoadedDeskAsync();
        var file = Path.Combine(desk.ContractFolder, "items.csv");

        var list = await RunAsync(desk, "list");
        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.Equal(
            [
                "shop.items\trange\topen\t1\t1200.00 EUR (price)\t2026-01-31", "shop.items\tlength\topen\t1\t7.50 EUR (price)\t2026-01-31",
                "shop.items\ttype\topen\t1\t-\t2026-01-31",
            ],
            Lines(list.Output));

        var export = await RunAsync(desk, "export", "--dataset", "items", "--output", file);
        Assert.Equal((0, $"3 rows in {file}.", ""), (export.Code, export.Output.Trim(), export.Error));
        var csv = await File.ReadAllTextAsync(file, Token);
        Assert.Contains(",'=1+1,x,EUR,", csv, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, csv.Replace(",'=1+1,x,EUR,", ",'=1+1,2.00,EUR,", StringComparison.Ordinal), Token);

        var fix = await RunAsync(desk, "fix", "--file", file, "--why", "the supplier said so");
        Assert.Equal((0, "1 rows corrected, 2 unchanged.", ""), (fix.Code, fix.Output.Trim(), fix.Error));

        var replay = await RunAsync(desk, "replay", "--dataset", "items", "--why", "corrected");
        Assert.Equal(1, replay.Code);
        Assert.Equal(
            ["1 rows replayed, 2 stay in quarantine.", "The next run builds again: 2026-01-31. At once: 'run --date 2026-01-31'."], Lines(replay.Output));
        var (length, range) = (await desk.IdAsync("items", 4), await desk.IdAsync("items", 5));
        Assert.Equal(
            [
                $"row {length} of shop.items 2026-01-31: length: name has 1 characters; expected at least 2.",
                $"row {range} of shop.items 2026-01-31: range: price is 1200.00; expected >= 0 and <= 1000.",
            ],
            Lines(replay.Error));
        Assert.Equal(["A1|Apple", "B1|=1+1"], await desk.Shop.QueryAsync("select item_id, name from shop.items order by _line"));

        var discard = await RunAsync(desk, "discard", "--rule", "length", "--why", "a test row");
        Assert.Equal((0, "1 rows discarded.", ""), (discard.Code, discard.Output.Trim(), discard.Error));
        desk.ChangeContract("items", "maximum: 1000", "maximum: 2000");
        Assert.Equal(0, (await RunAsync(desk, "replay", "--all", "--why", "the limit was too low")).Code);

        var end = await RunAsync(desk, "list", "--json");
        Assert.Equal((0, 0), (end.Code, JsonDocument.Parse(end.Output).RootElement.GetProperty("groups").GetArrayLength()));
        Assert.Equal(["items|4|3|1|2|1", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        Assert.Equal(
            [$"fix|{Environment.UserName}@{Environment.MachineName}|the supplier said so|1", "replay|corrected|3", "discard|a test row|1", "replay|the limit was too low|1"],
            await desk.Shop.QueryAsync(
                "select concat_ws('|', action, case when action_id = 1 then acted_by end, why, rows) from meta.quarantine_action order by action_id"));
    }

    [Fact]
    public async Task Verbs_WithJson_WriteTheNamesOfTheOperatorApi()
    {
        await using var desk = await LoadedDeskAsync();
        var id = (await desk.IdAsync("items", 3)).ToString(System.Globalization.CultureInfo.InvariantCulture);

        var groups = await JsonAsync(desk, "list", "--rule", "range");
        var rows = await JsonAsync(desk, "list", "--rows", "--limit", "1");
        var export = await JsonAsync(desk, "export", "--dataset", "items", "--raw", "--output", Path.Combine(desk.ContractFolder, "raw.csv"));
        var fix = await JsonAsync(desk, "fix", id, "--set", "price=2.00", "--set", "name==1=1", "--why", "as said");
        var replay = await JsonAsync(desk, "replay", id, "--all-or-none", "--why", "corrected");
        var discard = await JsonAsync(desk, "discard", "--rule", "length", "--from", "2026-01-31", "--to", "2026-01-31", "--why", "a test row");
        var row = await JsonAsync(desk, "show", id);

        Assert.Equal(
            """{"domain":"shop","dataset":"items","rule":"range","state":"open","rows":1,"from":"2026-01-31","to":"2026-01-31","amount_column":"price","amount":1200.00,"currency":"EUR"}""",
            JsonSerializer.Serialize(groups.GetProperty("groups")[0]));
        Assert.Equal(1, rows.GetProperty("rows").GetArrayLength());
        Assert.Equal(3, export.GetProperty("rows").GetInt32());
        Assert.Equal((1, 0), (fix.GetProperty("fixed").GetInt32(), fix.GetProperty("unchanged").GetInt32()));
        Assert.Equal((1, 0), (replay.GetProperty("replayed").GetInt32(), replay.GetProperty("rejected").GetInt32()));
        Assert.Equal(1, discard.GetProperty("discarded").GetInt32());
        Assert.Equal(
            ("replayed", "B1,=1+1,x,EUR,2,2026-01-31,", "=1=1", "fixed replayed"),
            (row.GetProperty("state").GetString(), row.GetProperty("raw_line").GetString(), row.GetProperty("correction").GetProperty("fields")[1].GetString(),
                string.Join(' ', row.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("outcome").GetString()))));
    }

    [Fact]
    public async Task Status_OpenRows_TellsThemByDatasetWithTheMoneyAtStake()
    {
        await using var desk = await LoadedDeskAsync();

        var (code, output, error) = await RunVerbAsync(desk, "status");
        var json = await RunVerbAsync(desk, "status", "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["quarantine shop.items 3 open, 2026-01-31..2026-01-31, 1207.50 EUR (price)"], Lines(output));
        var total = JsonDocument.Parse(json.Output).RootElement.GetProperty("totals").EnumerateArray().Single();
        Assert.Equal(
            "shop items 3 2026-01-31 2026-01-31 price 1207.50 EUR", string.Join(' ', total.EnumerateObject().Select(value => value.Value)));
    }

    [Fact]
    public async Task Show_CorrectedRow_TellsItsStory()
    {
        await using var desk = await LoadedDeskAsync();
        await desk.FixAsync("items", 3, ("price", "2.00"));
        var id = await desk.IdAsync("items", 3);

        var (code, output, error) = await RunAsync(desk, "show", $"{id}");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            [
                $"row         {id}, open", "dataset     shop.items, 2026-01-31", "rule        type of price",
                "reason      price is 'x'; expected a number with at most 8 digits before and 2 after the point.",
                $"header      {QuarantineDesk.Header}", "line        B1,=1+1,x,EUR,2,2026-01-31,",
            ],
            Lines(output).Where(line => !line.StartsWith("place", StringComparison.Ordinal)).Take(6));
        Assert.Contains($"corrected   B1,=1+1,2.00,EUR,2,2026-01-31, by {QuarantineDesk.Ann.By}", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show 999", "There is no quarantined row 999.")]
    [InlineData("fix 999 --set price=1 --why so", "There is no quarantined row 999.")]
    [InlineData("fix ID --set price=y --why so", "price is 'y'; expected a number")]
    [InlineData("fix ID --set prise=1 --why so", "has no column 'prise'; its file has item_id, name")]
    [InlineData("export --dataset nothing", "No quarantined row is meant by dataset nothing")]
    [InlineData("replay --state superseded --all --why so", "can be replayed, no others")]
    [InlineData("discard --state superseded --all --why so", "can be discarded, no others")]
    public async Task Verb_WhatCannotBeDone_SaysWhyAndExitsWith1(string arguments, string says)
    {
        await using var desk = await LoadedDeskAsync();
        var id = (await desk.IdAsync("items", 3)).ToString(System.Globalization.CultureInfo.InvariantCulture);

        var (code, output, error) = await RunAsync(desk, arguments.Replace("ID", id, StringComparison.Ordinal).Split(' '));

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("Data fault:", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Empty(await desk.Shop.QueryAsync("select * from meta.quarantine_action"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("replay --why so", "Say which rows")]
    [InlineData("discard --why so", "Say which rows")]
    [InlineData("replay --all", "--why")]
    [InlineData("discard --all", "--why")]
    [InlineData("replay --all --why EMPTY", "--why is empty")]
    [InlineData("fix 1 --why so", "Give an id with --set column=value, or --file")]
    [InlineData("fix 1 --set price=1 --file a.csv --why so", "Give an id with --set column=value, or --file")]
    [InlineData("fix 1 --set price --why so", "'price' is no column=value")]
    [InlineData("list --state lost", "lost")]
    [InlineData("list --from 31.01.2026", "yyyy-MM-dd")]
    [InlineData("export --dataset items --json", "give --output")]
    [InlineData("show", "id")]
    public async Task Verb_UsedWrongly_SaysHowAndExitsWith2(string arguments, string says)
    {
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "EMPTY" ? " " : word);

        var (code, _, error) = await WorkerProcess.RunAsync(["quarantine", .. words], Nothing, Token);

        Assert.Equal(2, code);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_FileThatIsNotThere_ExitsWith2()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);

        var (code, _, error) = await RunAsync(desk, "fix", "--file", Path.Combine(desk.ContractFolder, "none.csv"), "--why", "so");

        Assert.Equal(2, code);
        Assert.Contains("none.csv", error, StringComparison.Ordinal);
    }

    private async Task<QuarantineDesk> LoadedDeskAsync()
    {
        var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(
            ["A1,Apple,10.00,EUR,1,2026-01-31,v1", "B1,=1+1,x,EUR,2,2026-01-31,", "B2,B,7.50,EUR,2,2026-01-31,", "B3,Bread,1200.00,EUR,2,2026-01-31,"]);
        return desk;
    }

    private static async Task<JsonElement> JsonAsync(QuarantineDesk desk, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(desk, [.. arguments, "--json"]);
        Assert.Equal((0, ""), (code, error));
        return JsonDocument.Parse(output).RootElement;
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(QuarantineDesk desk, params string[] arguments) =>
        RunVerbAsync(desk, ["quarantine", .. arguments]);

    private static async Task<(int Code, string Output, string Error)> RunVerbAsync(QuarantineDesk desk, params string[] words) => await WorkerProcess.RunAsync(
        words,
        new Dictionary<string, string>
        {
            ["ConnectionStrings__warehouse"] = desk.Shop.Database.ConnectionString, ["Sources__Directories__0"] = desk.ContractFolder,
        },
        Token);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
