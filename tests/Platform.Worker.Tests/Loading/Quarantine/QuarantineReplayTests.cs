using Platform.Testing;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Tests.Loading.Quarantine;

public sealed class QuarantineReplayTests(EmbeddedServers servers)
{
    private const string Good = "A1,Apple,10.00,EUR,1,2026-01-31,v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_CorrectedRows_EntersThemWithTheirLineAndMovesTheCounts()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,1.005,EUR,2,2026-01-31,", "B2,Butter,abc,EUR,3,2026-01-31,", "B3,X,7.50,EUR,4,2026-01-31,"]);
        Assert.Equal(["items|4|1|3|0|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());

        await desk.FixAsync("items", 3, ("price", "1.01"));
        await desk.FixAsync("items", 4, ("price", "2.00"), ("name", "Butter, salted"[..6]));
        var result = await desk.ReplayAsync();

        Assert.Equal((2L, 1L), (result.Replayed, result.Rejected));
        Assert.Equal("length", Assert.Single(result.Reasons).Rule);
        Assert.Equal(
            ["A1|Apple|10.00|EUR|1|v1|2026-01-31|2", "B1|Bread|1.01|EUR|2|-|2026-01-31|3", "B2|Butter|2.00|EUR|3|-|2026-01-31|4"],
            await desk.ItemsAsync());
        Assert.Equal(["items|4|3|1|2|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        Assert.Equal(["items|3|type|replayed", "items|4|type|replayed", "items|5|length|open"], await desk.StatesAsync());
        // 1.005 counted as 1.00 in the file, abc as nothing.
        Assert.Equal(
            ["""{"file": "18.5", "loaded": "13.01", "corrected": "2.01", "quarantined": "7.50"}"""],
            await desk.Shop.QueryAsync("select control_sums -> 'price' from meta.partition_load where dataset = 'items' and current"));
    }

    [Fact]
    public async Task Load_SameFileAgainByForce_LeavesTheSameContentAfterFixReplayAndDiscard()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(
            [Good, "B1,Bread,x,EUR,2,2026-01-31,", "B1,Bread,x,EUR,2,2026-01-31,", "B3,X,7.50,EUR,4,2026-01-31,", "A1,Again,1.00,EUR,1,2026-01-31,"],
            "B1,1,good bread", "A1,1,fine");
        // Of two lines that are the same only the second is corrected.
        await desk.FixAsync("items", 4, ("price", "3.00"));
        await desk.Discard.DiscardAsync(new QuarantineFilter { Ids = [await desk.IdAsync("items", 5)] }, QuarantineDesk.Ann, Token);
        await desk.FixAsync("items", 6, ("item_id", "A2"));
        await desk.ReplayAsync();
        var (facts, counts, states) = (await desk.Shop.FactsAsync(), await desk.CountsAsync(), await desk.StatesAsync());
        Assert.Equal(["items|5|3|2|2|1", "reviews|2|2|0|1|0"], counts);
        Assert.Equal(["items|3|type|open", "items|4|type|replayed", "items|5|length|discarded", "items|6|unique|replayed", "reviews|2|reference|replayed"], states);

        await desk.LoadAsync(force: true);

        Assert.Equal(facts, await desk.Shop.FactsAsync());
        // The review needs no replay now: what it refers to is there before it is loaded.
        Assert.Equal(["items|5|3|2|2|1", "reviews|2|2|0|0|0"], await desk.CountsAsync());
        Assert.Equal(states[..4], await desk.StatesAsync());
        Assert.Equal(
            ["open|1", "superseded|5"],
            await desk.Shop.QueryAsync("select case when state = 'superseded' then state else 'open' end, count(*) from meta.quarantine where state in ('open', 'superseded') group by 1 order by 1"));
    }

    [Fact]
    public async Task Replay_RowThatOthersReferTo_BringsThoseAlong()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,"], "B1,1,good bread", "Z9,1,of nothing");
        Assert.Equal(["items|3|type|open", "reviews|2|reference|open", "reviews|3|reference|open"], await desk.StatesAsync());
        await desk.FixAsync("items", 3, ("price", "1.00"));

        var result = await desk.ReplayAsync(new QuarantineFilter { Dataset = "items" });

        // What was not asked for is no failure when it stays.
        Assert.Equal((2L, 0L), (result.Replayed, result.Rejected));
        Assert.Equal(["items|3|type|replayed", "reviews|2|reference|replayed", "reviews|3|reference|open"], await desk.StatesAsync());
        Assert.Equal(["items|2|2|0|1|0", "reviews|2|1|1|1|0"], await desk.CountsAsync());
    }

    [Fact]
    public async Task Replay_UnchangedRowsAfterARuleWasLoosened_EntersThoseThatKeepItNow()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,1200.00,EUR,2,2026-01-31,", "B2,Bread,5000.00,EUR,2,2026-01-31,"]);
        desk.ChangeContract("items", "maximum: 1000", "maximum: 2000");

        var result = await desk.ReplayAsync(new QuarantineFilter { Rule = "range" });

        Assert.Equal((1L, 1L), (result.Replayed, result.Rejected));
        Assert.Equal("price is 5000.00; expected >= 0 and <= 2000.", Assert.Single(result.Reasons).Reason);
        Assert.Equal(["price is 5000.00; expected >= 0 and <= 2000."], await desk.Shop.QueryAsync("select message from meta.quarantine where state = 'open'"));
        Assert.Equal(["items|3|2|1|1|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        var facts = await desk.Shop.FactsAsync();
        await desk.LoadAsync();
        Assert.Equal(facts, await desk.Shop.FactsAsync());
    }

    [Fact]
    public async Task Replay_KeyAndUniqueValueThatAreTaken_StayWithTheNewReason()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(
            ["B1,Bread,x,EUR,2,2026-01-31,", "B2,Butter,x,EUR,2,2026-01-31,v1", "B3,Beans,x,EUR,2,2026-01-31,v3", Good, "B4,Beer,x,EUR,1,2026-01-31,v3"]);
        await desk.FixAsync("items", 2, ("price", "1.00"), ("item_id", "A1"));
        foreach (var line in (int[])[3, 4, 6])
        {
            await desk.FixAsync("items", line, ("price", "1.00"));
        }

        var result = await desk.ReplayAsync();

        Assert.Equal((1L, 3L), (result.Replayed, result.Rejected));
        Assert.Equal(
            [
                "item_id is A1 as in line 5; a key is expected once in a partition, and the first line stays.",
                "voucher is v1 as in line 5; a value is expected once in a partition, and the first line stays.",
                "voucher is v3 as in line 4; a value is expected once in a partition, and the first line stays.",
            ],
            result.Reasons.Select(reason => reason.Reason));
        Assert.Equal(["B3", "A1"], await desk.Shop.QueryAsync("select item_id from shop.items order by _line"));
        await desk.RequireInvariantsAsync();
        var facts = await desk.Shop.FactsAsync();
        await desk.LoadAsync(force: true);
        Assert.Equal(facts, await desk.Shop.FactsAsync());
    }

    [Fact]
    public async Task Load_UniqueColumn_FirstLineStaysAndOthersGoToQuarantine()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);

        await desk.LandAndLoadAsync([Good, "A2,Pear,1.00,EUR,1,2026-01-31,v1", "A3,Plum,1.00,EUR,1,2026-01-31,", "A4,Fig,1.00,EUR,1,2026-01-31,", "A5,Kiwi,1.00,EUR,1,2026-01-31,v1"]);

        Assert.Equal(["items|3|unique|open", "items|6|unique|open"], await desk.StatesAsync());
        Assert.Equal(
            ["voucher|v1|voucher is v1 as in line 2; a value is expected once in a partition, and the first line stays.|1.00|A2,Pear,1.00,EUR,1,2026-01-31,v1"],
            await desk.Shop.QueryAsync("select column_name, value, message, amount, raw_line from meta.quarantine where line = 3"));
        await desk.RequireInvariantsAsync();
    }

    [Fact]
    public async Task Replay_AllOrNone_LeavesThePartitionWhenOneRowFails()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,", "B2,Butter,y,EUR,2,2026-01-31,"]);
        await desk.FixAsync("items", 3, ("price", "1.00"));

        var result = await desk.ReplayAsync(allOrNone: true);

        Assert.Equal((0L, 2L), (result.Replayed, result.Rejected));
        Assert.Contains("1 of the rows do not pass", Assert.Single(result.Refused), StringComparison.Ordinal);
        Assert.Equal(["items|3|1|2|0|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
    }

    [Fact]
    public async Task Replay_TwoAtOnce_EntersEachRowOnce()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, .. Enumerable.Range(1, 200).Select(number => $"B{number},Bread,1001.00,EUR,2,2026-01-31,")]);
        desk.ChangeContract("items", "maximum: 1000", "maximum: 2000");

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => desk.ReplayAsync())));

        Assert.Equal(200, results.Sum(result => result.Replayed));
        Assert.All(results, result => Assert.Empty(result.Refused));
        Assert.Equal(["items|201|201|0|200|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
    }

    [Fact]
    public async Task Replay_SessionThatDiesHalfWay_ChangesNothing()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,"]);
        await desk.FixAsync("items", 3, ("price", "1.00"));
        // The last thing of a replay is its entry in the log; there its session ends.
        await desk.Shop.ExecuteAsync(
            """
            create function meta.die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
            create trigger die before insert on meta.quarantine_action_row for each row execute function meta.die();
            """);
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => desk.ReplayAsync());
        await desk.Shop.ExecuteAsync("drop trigger die on meta.quarantine_action_row");
        Assert.Equal(["items|2|1|1|0|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        Assert.Equal(["A1"], await desk.Shop.QueryAsync("select item_id from shop.items"));
        Assert.Empty(await desk.Shop.QueryAsync("select * from meta.stale_date"));

        var result = await desk.ReplayAsync();

        Assert.Equal(1, result.Replayed);
        Assert.Equal(["items|2|2|0|1|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
    }

    [Fact]
    public async Task Replay_RowsOfTwoDatasets_MarksTheDateStaleForThoseThatGotRows()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,"], "Z9,1,of nothing");

        Assert.Empty((await desk.ReplayAsync()).StaleDates);
        Assert.Empty(await desk.Shop.QueryAsync("select * from meta.stale_date"));

        await desk.FixAsync("items", 3, ("price", "1.00"));
        Assert.Equal([Shop.Date], (await desk.ReplayAsync()).StaleDates);
        var load = Assert.Single(await desk.Shop.QueryAsync("select load_id from meta.partition_load where dataset = 'items' and current"));
        Assert.Equal(
            [$"shop|items|2026-01-31|1 rows of load {load} replayed by ann: as agreed with the supplier"],
            await desk.Shop.QueryAsync("select domain, dataset, data_date, reason from meta.stale_date"));
    }

    [Fact]
    public async Task Replay_ContractThatLoadedRowsBreak_RefusesThePartition()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "A2,Apple,1.00,EUR,1,2026-01-31,", "B1,Bread,1200.00,EUR,2,2026-01-31,"]);
        desk.ChangeContract("items", "maximum: 1000", "maximum: 2000");
        desk.ChangeContract("items", "      - name: name\n", "      - name: name\n        unique: true\n");

        var result = await desk.ReplayAsync();

        Assert.Contains("rows that are loaded break the contract as it is now (name is Apple as in line 2", Assert.Single(result.Refused), StringComparison.Ordinal);
        Assert.Equal(["items|3|2|1|0|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
    }

    [Fact]
    public async Task Replay_LinesThatWereNoText_StayAsTheyAre()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        byte[] csv = [.. Shop.Csv(QuarantineDesk.Header, Good), .. "B1,Br"u8, 0xFF, .. "d,1.00,EUR,2,2026-01-31,\nB2,Br\0d,1.00,EUR,2,2026-01-31,\nB3,\"Br\"d,1,EUR,2,2026-01-31,\n"u8];
        await desk.Shop.LandAsync(Shop.Date, (Shop.Items, csv), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader)));
        await desk.LoadAsync();
        string[] rules = ["items|3|encoding|open", "items|4|encoding|open", "items|5|columns|open"];
        Assert.Equal(rules, await desk.StatesAsync());

        var result = await desk.ReplayAsync();

        Assert.Equal((0L, 3L), (result.Replayed, result.Rejected));
        Assert.Equal(rules, await desk.StatesAsync());
        // Such a line is corrected whole, or field by field where it can be split.
        await desk.FixAsync("items", 3, ("name", "Bread"));
        await desk.FixAsync("items", 5, (QuarantineExport.RawLine, "B3,\"Br\"\"d\",1,EUR,2,2026-01-31,"));
        Assert.Equal(2, (await desk.ReplayAsync()).Replayed);
        Assert.Equal(["A1|Apple", "B1|Bread", "B3|Br\"d"], await desk.Shop.QueryAsync("select item_id, name from shop.items order by 1"));
        await desk.RequireInvariantsAsync();
    }

    [Fact]
    public async Task Replay_DiscardedRowByItsId_TakesItBack()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,1200.00,EUR,2,2026-01-31,"]);
        var id = await desk.IdAsync("items", 3);
        Assert.Equal(1, (await desk.Discard.DiscardAsync(new QuarantineFilter { Rule = "range" }, QuarantineDesk.Ann, Token)).Discarded);
        Assert.Equal(0, (await desk.Discard.DiscardAsync(new QuarantineFilter { Rule = "range" }, QuarantineDesk.Ann, Token)).Discarded);
        Assert.Equal(["items|2|1|1|0|1", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        desk.ChangeContract("items", "maximum: 1000", "maximum: 2000");
        Assert.Equal(0, (await desk.ReplayAsync()).Replayed);

        var result = await desk.ReplayAsync(new QuarantineFilter { Ids = [id] });

        Assert.Equal(1, result.Replayed);
        Assert.Equal(["items|2|2|0|1|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        Assert.Empty(await desk.Shop.QueryAsync("select * from meta.quarantine_correction"));
    }

    [Fact]
    public async Task Discard_ReplayedRowByItsId_LeavesTheFactsWithTheNextLoadAndTakesThoseThatReferToItAlong()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,", "B2,Butter,x,EUR,2,2026-01-31,"], "B1,1,good bread");
        var facts = await desk.Shop.FactsAsync();
        await desk.FixAsync("items", 3, ("price", "1.00"));
        await desk.ReplayAsync();
        Assert.Equal(["items|3|2|1|1|0", "reviews|1|1|0|1|0"], await desk.CountsAsync());
        var id = await desk.IdAsync("items", 3);
        Assert.Equal(1, (await desk.Discard.DiscardAsync(new QuarantineFilter { Dataset = "items" }, QuarantineDesk.Ann, Token)).Discarded);

        var discarded = await desk.Discard.DiscardAsync(new QuarantineFilter { Ids = [id] }, QuarantineDesk.Ann, Token);

        Assert.Equal((1L, Shop.Date), (discarded.Discarded, Assert.Single(discarded.LoadedDates)));
        Assert.Equal(["items|3|2|1|1|1", "reviews|1|1|0|1|0"], await desk.CountsAsync());
        var load = await desk.LoadAsync();
        Assert.Equal([false, false], load.Datasets.Select(dataset => dataset.Skipped));
        Assert.Equal(facts, await desk.Shop.FactsAsync());
        Assert.Equal(["items|3|1|2|0|2", "reviews|1|0|1|0|0"], await desk.CountsAsync());
        Assert.Equal([true, true], (await desk.LoadAsync()).Datasets.Select(dataset => dataset.Skipped));
    }

    [Fact]
    public async Task Load_UnchangedFileAfterAFix_AppliesItOnce()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,", "A9,Pear,y,EUR,2,2026-01-31,"]);
        await desk.FixAsync("items", 3, ("price", "1.00"));
        await desk.FixAsync("items", 4, ("price", "1.00"), ("item_id", "A1"));

        await desk.LoadAsync();

        Assert.Equal(["A1|Apple|10.00|EUR|1|v1|2026-01-31|2", "B1|Bread|1.00|EUR|2|-|2026-01-31|3"], await desk.ItemsAsync());
        Assert.Equal(["items|3|2|1|1|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        // A correction that does not pass is no reason to load again.
        Assert.True((await desk.LoadAsync()).Datasets[0].Skipped);
    }

    [Fact]
    public async Task Actions_AreKeptWithWhoAndWhyAndCannotBeChanged()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,"]);
        var id = await desk.IdAsync("items", 3);
        Assert.Equal(1, (await desk.ReplayAsync()).Rejected);
        await desk.FixAsync("items", 3, ("price", "1.00"));
        await desk.ReplayAsync();

        var row = (await desk.Reader.FindAsync(id, Token))!;

        Assert.Equal(
            ["replay rejected", "fix fixed", "replay replayed"],
            row.Actions!.Select(action => $"{action.Action} {action.Outcome}"));
        Assert.All(row.Actions!, action => Assert.Equal(("ann", "as agreed with the supplier"), (action.By, action.Why)));
        foreach (var change in (string[])["update meta.quarantine_action set acted_by = 'bob'", "delete from meta.quarantine_action_row", "truncate meta.quarantine_action_row"])
        {
            var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.Shop.ExecuteAsync(change));
            Assert.Contains("append-only", error.MessageText, StringComparison.Ordinal);
        }
    }
}
