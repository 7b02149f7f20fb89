using System.Text;
using Platform.Testing;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Tests.Loading.Quarantine;

public sealed class QuarantineExportTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_RowsOfADataset_TellsReasonsFieldsAndLines()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(["B1,\"Bread, \"\"dark\"\"\",x,EUR,2,2026-01-31,", "B2,Bread"]);

        var csv = await desk.ExportAsync();

        var (first, second) = (await desk.IdAsync("items", 2), await desk.IdAsync("items", 3));
        Assert.Equal(
            "_quarantine_id,_state,_date,_file,_line,_rule,_column,_reason,item_id,name,price,currency,quantity,sold_on,voucher,_raw_line\r\n"
            + $"{first},open,2026-01-31,shop/20260131/items.csv,2,length,name,name has 13 characters; expected at most 12. "
            + "price is 'x'; expected a number with at most 8 digits before and 2 after the point.,"
            + "B1,\"Bread, \"\"dark\"\"\",x,EUR,2,2026-01-31,,\"B1,\"\"Bread, \"\"\"\"dark\"\"\"\"\"\",x,EUR,2,2026-01-31,\"\r\n"
            + $"{second},open,2026-01-31,shop/20260131/items.csv,3,columns,,The line has 2 fields; the header has 7.,,,,,,,,\"B2,Bread\"\r\n",
            csv);
    }

    [Fact]
    public async Task Export_FormulasInCells_AreEscapedAndComeBackAsTheyWere()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        desk.ChangeContract("items", "maxLength: 12", "maxLength: 60");
        string[] names = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "'=1", "''@", "'tis", "\t=1", "\r=1"];
        await desk.LandAndLoadAsync([.. names.Select((name, index) => $"B{index},\"{name}\",x,EUR,-1,2026-01-31,")]);

        var csv = await desk.ExportAsync(raw: false);

        Assert.StartsWith("\uFEFF_quarantine_id,", csv, StringComparison.Ordinal);
        string[] cells = ["'=cmd|' /C calc'!A0", "'+1", "'-2", "'@SUM(A1)", "''=1", "'''@", "'tis", "'\t=1", "\"'\r=1\""];
        Assert.All(cells, cell => Assert.Contains($",{cell},x,EUR,'-1,", csv, StringComparison.Ordinal));
        // What was not changed is no correction; what was, comes back with its name as it came.
        Assert.Equal((0, names.Length), await FixAsync(desk, csv));
        Assert.Equal((names.Length, 0), await FixAsync(desk, csv.Replace(",x,EUR,'-1", ",1.00,EUR,'-1", StringComparison.Ordinal)));
        await desk.ReplayAsync();
        Assert.Equal(names, await desk.Shop.QueryAsync("select name from shop.items order by _line"));
    }

    [Theory]
    [InlineData(';', true)]
    [InlineData('\t', false)]
    public async Task Fix_FileAsASpreadsheetSavesIt_IsRead(char separator, bool hasMark)
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(["B1,Größe,x,EUR,2,2026-01-31,", "B2,Butter,y,EUR,2,2026-01-31,"]);
        var rows = string.Join("\r\n",
            $"_quarantine_id{separator}name{separator}price",
            $"{await desk.IdAsync("items", 2)}{separator}Größe{separator}1.00",
            $"{await desk.IdAsync("items", 3)}{separator}Butter{separator}y") + "\r\n";

        var result = await FixAsync(desk, (hasMark ? "\uFEFF" : "") + rows);

        // Columns that are not in the file stay as they are.
        Assert.Equal((1, 1), result);
        Assert.Equal(1, (await desk.ReplayAsync()).Replayed);
        Assert.Equal(["B1|Größe|1.00|EUR|2|-|2026-01-31|2"], await desk.ItemsAsync());
    }

    [Fact]
    public async Task Fix_FileWithFaults_TellsEveryOneAndStoresNothing()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([.. Enumerable.Range(1, 5).Select(number => $"B{number},Bread,x,EUR,2,2026-01-31,")]);
        await desk.FixAsync("items", 6, ("price", "1.00"));
        await desk.ReplayAsync(new QuarantineFilter { Ids = [await desk.IdAsync("items", 6)] });
        var ids = new List<long>();
        foreach (var line in (int[])[2, 3, 4, 5, 6])
        {
            ids.Add(await desk.IdAsync("items", line));
        }

        string[] rows =
        [
            $"{ids[0]},1.00,\"B1,Bread,x,EUR,2,2026-01-31,\"", $"{ids[0]},1.00,", $"{ids[1]},1.00,\"B2,Bread,2.00,EUR,2,2026-01-31,\"", $"{ids[2]},2000,\"B3,Bread,x,EUR,2,2026-01-31,\"",
            $"{ids[3]},x,one;two", $"{ids[4]},2.00,\"B5,Bread,x,EUR,2,2026-01-31,\"", "999999,1.00,",
        ];
        var error = await Assert.ThrowsAsync<QuarantineFaultException>(
            () => FixAsync(desk, "_quarantine_id,price,_raw_line\n" + string.Join('\n', rows) + "\n"));

        Assert.Equal(
            [
                $"Line 3 (row {ids[0]}): the row is in the file more than once.",
                $"Line 4 (row {ids[1]}): both its fields and _raw_line were changed; change one of them.",
                $"Line 5 (row {ids[2]}): price is 2000; expected >= 0 and <= 1000.",
                $"Line 6 (row {ids[3]}): _raw_line does not have the 7 fields of its file's header, {QuarantineDesk.Header.Replace(",", ", ", StringComparison.Ordinal)}.",
                $"Line 7 (row {ids[4]}): the row was replayed already; discard it by its id and run its date to take it out of the facts.",
                "Line 8 (row 999999): there is no such quarantined row.",
            ],
            error.Faults);
        Assert.Equal(["1"], await desk.Shop.QueryAsync("select count(*) from meta.quarantine_correction"));
    }

    [Theory]
    [InlineData("id,price\n1,2\n", "has no column _quarantine_id")]
    [InlineData("_quarantine_id,price\n1\n", "Line 2 of the corrected file has 1 cells; its header has 2")]
    [InlineData("_quarantine_id,price\none,2\n", "'one' is no _quarantine_id")]
    [InlineData("_quarantine_id,price\n1,\"2\n", "quotes are not in order")]
    public async Task Fix_FileThatIsNoExport_IsRefused(string csv, string reason)
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);

        var error = await Assert.ThrowsAsync<QuarantineFaultException>(() => FixAsync(desk, csv));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_FileInAnotherEncoding_IsRefusedWithTheRemedy()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);

        var error = await Assert.ThrowsAsync<QuarantineFaultException>(
            () => desk.Fix.FixAsync(Encoding.Latin1.GetBytes("_quarantine_id,name\n1,Größe\n"), raw: false, QuarantineDesk.Ann, Token));

        Assert.Contains("CSV UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NothingOrSeveralDatasets_SaysWhichThereAre()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        var none = await Assert.ThrowsAsync<QuarantineFaultException>(() => desk.ExportAsync());
        Assert.Contains("No quarantined row is meant by dataset items, state open", none.Message, StringComparison.Ordinal);
        await desk.LandAndLoadAsync(["B1,Bread,x,EUR,2,2026-01-31,"], "Z1,1,of nothing");

        var several = await Assert.ThrowsAsync<QuarantineFaultException>(
            () => desk.Export.WriteAsync(new QuarantineFilter(), raw: true, Stream.Null, Token));

        Assert.Contains("choose one of shop.items, shop.reviews", several.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_OpenRows_AreCountedByRuleWithMoneyByCurrency()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(
            ["B1,B,1.50,EUR,2,2026-01-31,", "B2,B,2.50,EUR,2,2026-01-31,", "B3,B,100.00,USD,2,2026-01-31,", "B4,Bread,x,EUR,2,2026-01-31,", "B5,Bread"],
            "Z1,1,of nothing");

        var groups = await desk.Reader.GroupsAsync(new QuarantineFilter { States = [QuarantineState.Open] }, Token);

        Assert.Equal(
            [
                "items length 1 100.00 USD price", "items length 2 4.00 EUR price", "items columns 1 -  price", "items type 1 - EUR price", "reviews reference 1 -  ",
            ],
            groups.Select(group => FormattableString.Invariant(
                $"{group.Dataset} {group.Rule} {group.Rows} {group.Amount?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {group.Currency} {group.AmountColumn}")));
    }

    private static async Task<(int Fixed, int Unchanged)> FixAsync(QuarantineDesk desk, string csv)
    {
        var result = await desk.Fix.FixAsync(Encoding.UTF8.GetBytes(csv), raw: false, QuarantineDesk.Ann, Token);
        return (result.Fixed, result.Unchanged);
    }
}
