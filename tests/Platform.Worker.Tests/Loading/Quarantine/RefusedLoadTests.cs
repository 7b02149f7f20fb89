using Platform.Testing;
using Platform.Worker.Loading;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Tests.Loading.Quarantine;

public sealed class RefusedLoadTests(EmbeddedServers servers)
{
    private const string Good = "A1,Apple,10.00,EUR,1,2026-01-31,v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rows: 1", "at most 1 rows may")]
    [InlineData("percent: 49.9", "at most 49.9 % may")]
    [InlineData("rows: 5, percent: 20", "at most 5 rows and 20 % may")]
    public async Task Load_MoreBadRowsThanTheLimit_ChangesNothingAndKeepsThem(string limit, string said)
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync([Good, "B9,Bread,x,EUR,2,2026-01-31,"]);
        var facts = await desk.Shop.FactsAsync();
        SetLimit(desk, limit);
        await desk.LandAsync([Good, "A2,Pear,1.00,EUR,1,2026-01-31,", "B1,Bread,x,EUR,2,2026-01-31,", "B2,B,1.00,EUR,2,2026-01-31,"]);

        var error = await Assert.ThrowsAsync<PartitionFaultException>(() => desk.LoadAsync());

        Assert.Equal(
            $"shop.items 2026-01-31 was refused: 2 of 4 rows (50 %) do not keep the contract; {said} (quarantineLimit). "
            + "By rule: length 1 (shop/20260131/items.csv:5), type 1 (shop/20260131/items.csv:4). Nothing was changed. "
            + "Land a corrected file, or fix or discard rows and run the date again: 'quarantine list --state refused --dataset items'.",
            error.Message);
        Assert.Equal(facts, await desk.Shop.FactsAsync());
        Assert.Equal(["items|3|type|open", "items|4|type|refused", "items|5|length|refused"], await desk.StatesAsync());
        Assert.Equal(["items|2|1|1|0|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        Assert.Equal(
            [$"4|2|2|{error.Message}"],
            await desk.Shop.QueryAsync("select file_rows, loaded_rows, quarantined_rows, refusal from meta.partition_load where refusal is not null"));
    }

    [Fact]
    public async Task Load_RefusedAgainAndAgain_KeepsTheRowsOfTheLastTimeOpenToDecisions()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        SetLimit(desk, "rows: 1");
        await desk.LandAsync([Good, "B1,Bread,x,EUR,2,2026-01-31,", "B2,B,1.00,EUR,2,2026-01-31,", "B3,B,1.00,EUR,2,2026-01-31,"]);
        await Assert.ThrowsAsync<PartitionFaultException>(() => desk.LoadAsync());
        await Assert.ThrowsAsync<PartitionFaultException>(() => desk.LoadAsync());
        Assert.Equal(["refused|3", "superseded|3"], await desk.Shop.QueryAsync("select state, count(*) from meta.quarantine group by 1 order by 1"));

        await desk.FixAsync("items", 3, ("price", "2.00"));
        await desk.Discard.DiscardAsync(new QuarantineFilter { Ids = [await desk.IdAsync("items", 4)] }, QuarantineDesk.Ann, Token);
        await desk.LoadAsync();

        Assert.Equal(["items|3|type|replayed", "items|4|length|discarded", "items|5|length|open"], await desk.StatesAsync());
        Assert.Equal(["items|4|2|2|1|1", "reviews|0|0|0|0|0"], await desk.CountsAsync());
        Assert.Equal(["A1", "B1"], await desk.Shop.QueryAsync("select item_id from shop.items order by _line"));
    }

    [Fact]
    public async Task Load_RefusedWithManyRows_KeepsEveryOne()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        SetLimit(desk, "percent: 10");
        await desk.LandAsync([.. Enumerable.Range(1, 20_000).Select(number => $"B{number},Bread{(number % 2 == 0 ? "" : "\"")},{number}.00,EUR,2,2026-01-31,")]);

        var error = await Assert.ThrowsAsync<PartitionFaultException>(() => desk.LoadAsync());

        Assert.Contains("of 20000 rows", error.Message, StringComparison.Ordinal);
        var kept = await desk.Shop.QueryAsync("select quarantined_rows, (select count(*) from meta.quarantine q where q.load_id = l.load_id and state = 'refused') from meta.partition_load l");
        Assert.Equal("19500|19500", Assert.Single(kept));
        Assert.Equal(["columns|10000", "range|9500"], await desk.Shop.QueryAsync("select rule, count(*) from meta.quarantine group by 1 order by 1"));
    }

    private static void SetLimit(QuarantineDesk desk, string limit) => desk.ChangeContract(
        "items", "  - property: amountColumn", $"  - property: quarantineLimit\n    value: {{{limit}}}\n  - property: amountColumn");
}
