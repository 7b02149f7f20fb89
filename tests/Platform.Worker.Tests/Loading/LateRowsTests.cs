using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Loading;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Tests.Loading;

/// <summary>Rows dated before the partition that they come with. Partitions are written as the day of January: visits of 31 come on the 31st.</summary>
public sealed class LateRowsTests(EmbeddedServers servers) : IDisposable
{
    private readonly DirectoryInfo _contracts = Directory.CreateTempSubdirectory("late");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _contracts.Delete(recursive: true);

    [Theory]
    [InlineData("none")]
    [InlineData("month")]
    [InlineData("day")]
    public async Task Load_RowsOfEarlierDates_AreStoredWithTheirDateAndCountedWithTheirLoad(string partitioning)
    {
        await using var shop = await OpenAsync(partitioning);
        await LoadAsync(shop, 29, "a,2026-01-29,1.00");
        var load = await LoadAsync(shop, 31, "b,2026-01-31,2.00", "c,2026-01-29,4.50", "d,2026-01-28,8.00");

        Assert.Equal((3, 3, 0), (load.FileRows, load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(["d 28 from 31", "a 29 from 29", "c 29 from 31", "b 31 from 31"], await FactsAsync(shop));
        Assert.Equal(["2026-01-28|1|8.00", "2026-01-29|1|4.50"], await shop.QueryAsync("select data_date, rows, control_sums ->> 'spent' from meta.late_row order by data_date"));
        Assert.Equal(["2026-01-28", "2026-01-29"], await shop.QueryAsync("select data_date from meta.stale_date order by data_date"));
        Assert.Equal(["14.50"], await shop.QueryAsync("select control_sums -> 'spent' ->> 'loaded' from meta.partition_load where partition = '2026-01-31'"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("month")]
    [InlineData("day")]
    public async Task Load_EitherDateAgain_ReplacesItsOwnRowsAndNoOthers(string partitioning)
    {
        await using var shop = await OpenAsync(partitioning);
        await LoadAsync(shop, 29, "a,2026-01-29,1.00");
        await LoadAsync(shop, 31, "b,2026-01-31,2.00", "c,2026-01-29,4.50");

        await LoadAsync(shop, 29, "e,2026-01-29,3.00");
        Assert.Equal(["c 29 from 31", "e 29 from 29", "b 31 from 31"], await FactsAsync(shop));

        await LoadAsync(shop, 31, "b,2026-01-31,2.00", "f,2026-01-30,5.00");
        Assert.Equal(["e 29 from 29", "f 30 from 31", "b 31 from 31"], await FactsAsync(shop));
        Assert.Equal(["2026-01-30|1"], await shop.QueryAsync("select data_date, rows from meta.late_row"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("day")]
    public async Task Load_KeyIsThereAlreadyWithAnotherLoad_TheRowThatIsThereStays(string partitioning)
    {
        await using var shop = await OpenAsync(partitioning);
        await LoadAsync(shop, 29, "a,2026-01-29,1.00");

        var late = await LoadAsync(shop, 31, "a,2026-01-29,9.00", "c,2026-01-29,4.50");
        Assert.Equal((1, 1), (late.LoadedRows, late.QuarantinedRows));
        Assert.Equal(["a 29 from 29", "c 29 from 31"], await FactsAsync(shop));

        var again = await LoadAsync(shop, 29, "c,2026-01-29,7.00", "a,2026-01-29,1.00");
        Assert.Equal((1, 1), (again.LoadedRows, again.QuarantinedRows));
        Assert.Equal(["a 29 from 29", "c 29 from 31"], await FactsAsync(shop));
        Assert.Equal(
            ["2026-01-29|c|7.00", "2026-01-31|a|9.00"],
            await shop.QueryAsync("select partition, value, sums ->> 'spent' from meta.quarantine where state = 'open' and rule = 'unique' order by partition"));
    }

    [Fact]
    public async Task Load_RowsTooLateOrOfTomorrow_GoToQuarantine()
    {
        await using var shop = await OpenAsync("none");

        var load = await LoadAsync(shop, 31, "a,2026-01-27,1.00", "b,2026-02-01,1.00", "c,2026-01-28,1.00");

        Assert.Equal((1, 2), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(
            ["partition|visited_on is 2026-01-27; expected the data date 2026-01-31 of the partition, or one of the 3 days before it."],
            await shop.QueryAsync("select rule, message from meta.quarantine where line = 2"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("day")]
    public async Task Withdraw_TakesTheLoadsRowsFromAllDatesAndLeavesThoseOfOthers(string partitioning)
    {
        await using var shop = await OpenAsync(partitioning);
        await LoadAsync(shop, 29, "a,2026-01-29,1.00");
        await LoadAsync(shop, 30, "b,2026-01-30,2.00", "c,2026-01-29,4.50");
        await LoadAsync(shop, 31, "d,2026-01-31,2.00", "e,2026-01-30,4.50");

        await new PartitionWithdrawal(Contracts(), shop.Database.DataSource, TimeProvider.System).WithdrawAsync(Shop.Domain, [Day(30)], Token);

        Assert.Equal(["a 29 from 29", "e 30 from 31", "d 31 from 31"], await FactsAsync(shop));
        await shop.Loader(_contracts.FullName).LoadAsync(Shop.Domain, Day(30), Token);
        Assert.Equal(["a 29 from 29", "c 29 from 30", "b 30 from 30", "e 30 from 31", "d 31 from 31"], await FactsAsync(shop));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("day")]
    public async Task Replay_CorrectedLineIsLate_GoesWhereItsDateSaysAndTiesOut(string partitioning)
    {
        await using var shop = await OpenAsync(partitioning);
        await LoadAsync(shop, 29, "a,2026-01-29,1.00");
        await LoadAsync(shop, 30, "b,2026-01-30,2.00", "c,2026-01-29,x", "d,2026-01-29,4.00");
        await LoadAsync(shop, 31, "e,2026-01-30,8.00");
        var id = long.Parse((await shop.QueryAsync("select quarantine_id from meta.quarantine where state = 'open'"))[0], System.Globalization.CultureInfo.InvariantCulture);

        var (contracts, warehouse, ann) = (Contracts(), shop.Database.DataSource, new QuarantineActor("ann", "price read wrongly"));
        await new QuarantineFix(warehouse, contracts, new QuarantineReader(warehouse, contracts), TimeProvider.System)
            .FixAsync(id, new Dictionary<string, string> { ["spent"] = "16.00" }, ann, Token);
        var replay = await new QuarantineReplay(warehouse, contracts, new QuarantinePartitions(warehouse, contracts), TimeProvider.System)
            .ReplayAsync(new QuarantineFilter(), allOrNone: true, ann, Token);
        Assert.Equal((1, 0), (replay.Replayed, replay.Rejected));
        var replayed = await FactsAsync(shop);
        var load = (await shop.Loader(_contracts.FullName).LoadAsync(Shop.Domain, Day(30), force: true, Token)).Datasets.Single();

        Assert.Equal((3, 0), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(["a 29 from 29", "c 29 from 30", "d 29 from 30", "b 30 from 30", "e 30 from 31"], replayed);
        Assert.Equal(replayed, await FactsAsync(shop));
        Assert.Equal(["2|20.00", "1|8.00"], await shop.QueryAsync("select rows, control_sums ->> 'spent' from meta.late_row order by data_date"));
    }

    private static DateOnly Day(int day) => new(2026, 1, day);

    /// <summary>Facts as "visit day from partition of its load", and not doubled.</summary>
    private static Task<string[]> FactsAsync(Shop shop) => shop.QueryAsync(
        """
        select v.visit_id || ' ' || extract(day from v._partition) || ' from ' || extract(day from l.partition)
        from shop.visits v left join meta.partition_load l on l.load_id = v._load and l.current
        order by v._partition, v.visit_id
        """);

    private async Task<Shop> OpenAsync(string partitioning)
    {
        var contract = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Loading", "Late", "visits.odcs.yaml"), Token);
        await File.WriteAllTextAsync(
            Path.Combine(_contracts.FullName, "visits.odcs.yaml"), contract.Replace("value: none", $"value: {partitioning}", StringComparison.Ordinal), Token);
        return await Shop.OpenAsync(servers);
    }

    private ContractCatalog Contracts() => ContractCatalog.Load([_contracts.FullName]);

    private async Task<DatasetLoad> LoadAsync(Shop shop, int day, params string[] rows)
    {
        await shop.LandAsync(Day(day), ("visits", Shop.Csv("visit_id,visited_on,spent", rows)));
        return (await shop.Loader(_contracts.FullName).LoadAsync(Shop.Domain, Day(day), Token)).Datasets.Single();
    }
}
