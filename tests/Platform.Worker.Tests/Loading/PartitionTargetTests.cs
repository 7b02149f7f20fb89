using System.Globalization;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Loading;

namespace Platform.Worker.Tests.Loading;

public sealed class PartitionTargetTests(EmbeddedServers servers) : IDisposable
{
    /// <summary>Makes a file that is copied by several connections.</summary>
    private const int ManyRows = 330_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("contracts");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("month", "items_202601 items_202602")]
    [InlineData("day", "items_20260131 items_20260201")]
    public async Task Load_Partitioned_KeepsEachDateInItsPartitionAndReplacesIt(string partitioning, string partitions)
    {
        await using var shop = await Shop.OpenAsync(servers);
        var loader = shop.Loader(Contracts(partitioning));
        await LandAsync(shop, Shop.Date, "A1", "A2");
        await LandAsync(shop, Shop.Date.AddDays(1), "A1");
        await LoadAsync(loader, Shop.Date);
        await LoadAsync(loader, Shop.Date.AddDays(1));
        await LandAsync(shop, Shop.Date, "A2", "A3", "A2", "bad");

        await LoadAsync(loader, Shop.Date);

        Assert.Equal(
            ["2026-01-31|A2", "2026-01-31|A3", "2026-02-01|A1"], await shop.QueryAsync("select _partition, item_id from shop.items order by 1, 2"));
        Assert.Equal(["items|4|item_id|unique", "items|5|item_id|pattern"], await shop.QuarantineAsync());
        Assert.Equal(partitions.Split(' '), await PartitionsAsync(shop));
        Assert.Equal(["2"], await shop.QueryAsync("select count(*) from pg_inherits where inhparent = 'shop.items_pkey'::regclass"));
        Assert.Equal(["2"], await shop.QueryAsync(
            "select count(distinct i._load) from shop.items i join meta.partition_load l on l.load_id = i._load and l.current and l.partition = i._partition"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("month")]
    [InlineData("day")]
    public async Task Load_ManyDatesAtOnce_LoadsEach(string partitioning)
    {
        await using var shop = await Shop.OpenAsync(servers);
        var loader = shop.Loader(Contracts(partitioning));
        DateOnly[] dates = [.. Enumerable.Range(-2, 6).Select(Shop.Date.AddDays)];
        foreach (var date in dates)
        {
            await LandAsync(shop, date, "A1", "A2");
        }

        await Task.WhenAll(dates.Select(date => LoadAsync(loader, date)));
        await Task.WhenAll(dates.Select(date => loader.LoadAsync(Shop.Domain, date, force: true, TestContext.Current.CancellationToken)));

        string[] expected = [.. dates.Select(date => $"{date:yyyy-MM-dd}|2")];
        Assert.Equal(expected, await shop.QueryAsync("select _partition, count(*) from shop.items group by 1 order by 1"));
    }

    [Theory]
    [InlineData("month")]
    [InlineData("day")]
    public async Task Load_ContractWithANewColumn_KeepsLoadedPartitionsAndFillsNewOnes(string partitioning)
    {
        await using var shop = await Shop.OpenAsync(servers);
        await LandAsync(shop, Shop.Date, "A1");
        await LoadAsync(shop.Loader(Contracts(partitioning)), Shop.Date);
        var wider = Contracts(partitioning, yaml => yaml
            .Replace("numeric(10,2)", "numeric(14,4)", StringComparison.Ordinal)
            .Replace("      - name: gift", "      - name: colour\n        logicalType: string\n      - name: gift", StringComparison.Ordinal));
        var next = Shop.Date.AddDays(1);
        await shop.LandAsync(
            next, (Shop.Items, Shop.Csv($"{Shop.ItemsHeader},colour", $"{Row("A1", next)},red")), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader)));

        await LoadAsync(shop.Loader(wider), next);

        Assert.Equal(
            ["2026-01-31|A1|1.0000|-", "2026-02-01|A1|1.0000|red"],
            await shop.QueryAsync("select _partition, item_id, price, colour from shop.items order by 1"));
    }

    [Fact]
    public async Task Load_TableThatWasNotPartitioned_KeepsWhatItHasAndPartitionsTheRest()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await LandAsync(shop, Shop.Date, "A1");
        await LoadAsync(shop.Loader(Contracts("none")), Shop.Date);
        var loader = shop.Loader(Contracts("day"));
        await LandAsync(shop, Shop.Date, "A1", "A2");
        await LandAsync(shop, Shop.Date.AddDays(1), "A1");

        await LoadAsync(loader, Shop.Date);
        await LoadAsync(loader, Shop.Date.AddDays(1));

        Assert.Equal(["2026-01-31|2", "2026-02-01|1"], await shop.QueryAsync("select _partition, count(*) from shop.items group by 1 order by 1"));
        Assert.Equal(["items_20260201", "items_earlier"], await PartitionsAsync(shop));
    }

    [Fact]
    public async Task Load_LargeFileOfADay_SetsExactlyTheBadRowsAside()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var rows = ManyItems();
        rows[100_000] = Row("bad", Shop.Date);
        rows[200_000] = Row("A7", Shop.Date);
        rows[300_000] = "A9,short";
        await shop.LandItemsAsync(rows);
        Assert.True(Shop.Csv(Shop.ItemsHeader, rows).Length > SideTables.FromBytes);
        // What a process left that died.
        var loader = shop.Loader(Contracts("day"));
        await FactTables.EnsureAsync(
            shop.Database.DataSource, Worker.Contracts.ContractCatalog.Load([Contracts("day")]).Domains[0], TestContext.Current.CancellationToken);
        await shop.ExecuteAsync("create table shop.items_20260131_new as select 1 as left_over");

        var load = await LoadAsync(loader, Shop.Date);

        Assert.Equal((ManyRows - 3, 3), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(["items|100002|item_id|pattern", "items|200002|item_id|unique", "items|300002||columns"], await shop.QuarantineAsync());
        Assert.Equal(
            [$"{ManyRows - 3}|{ManyRows - 3}|2|{ManyRows + 1}"],
            await shop.QueryAsync("select count(*), count(distinct item_id), min(_line), max(_line) from shop.items where _partition = '2026-01-31'"));
        Assert.Equal(["items_20260131"], await PartitionsAsync(shop));
    }

    [Fact]
    public async Task Load_CutAfterALargeFileWasCopied_LeavesThePartitionAsItWasAndNothingBeside()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var loader = shop.Loader(Contracts("day"));
        await LandAsync(shop, Shop.Date, "A1");
        await LoadAsync(loader, Shop.Date);
        var before = await shop.FactsAsync();
        await shop.LandItemsAsync(ManyItems());
        await using (var blocker = await shop.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var transaction = await blocker.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            // The load waits here when it has copied the items.
            await using var block = new NpgsqlCommand("lock table shop.reviews in access exclusive mode", blocker);
            await block.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var load = LoadAsync(loader, Shop.Date);
            const string waiting = "select pid from pg_locks where not granted and relation = 'shop.reviews'::regclass";
            while ((await shop.QueryAsync(waiting)).Length == 0)
            {
                Assert.False(load.IsCompleted);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            Assert.Equal(["1"], await shop.QueryAsync("select count(*) from pg_class where relname = 'items_20260131_new'"));
            await shop.ExecuteAsync($"select pg_terminate_backend(pid) from ({waiting}) load");
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => load);
        }

        Assert.Equal(before, await shop.FactsAsync());
        Assert.Equal(["-"], await shop.QueryAsync("select to_regclass('shop.items_20260131_new')::text"));
        Assert.Equal(ManyRows, (await LoadAsync(loader, Shop.Date)).LoadedRows);
    }

    private static Task<DomainLoad> LoadAsync(PartitionLoader loader, DateOnly date) =>
        loader.LoadAsync(Shop.Domain, date, TestContext.Current.CancellationToken);

    private static Task LandAsync(Shop shop, DateOnly date, params string[] items) => shop.LandAsync(
        date, (Shop.Items, Shop.Csv(Shop.ItemsHeader, [.. items.Select(item => Row(item, date))])), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader)));

    private static string Row(string item, DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{item},Apple pie,food,1.00,1,1,{date:yyyy-MM-dd},{date:yyyy-MM-dd}T08:15:00Z,true");

    private static string[] ManyItems() => [.. Enumerable.Range(1, ManyRows).Select(number => Row($"A{number}", Shop.Date))];

    private static Task<string[]> PartitionsAsync(Shop shop) => shop.QueryAsync(
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'shop.items'::regclass order by 1");

    /// <summary>The shop's contracts, the items partitioned and changed.</summary>
    private string Contracts(string partitioning, Func<string, string>? change = null)
    {
        var folder = _directory.CreateSubdirectory(Guid.NewGuid().ToString());
        foreach (var file in Directory.EnumerateFiles(Shop.Contracts, "*.yaml"))
        {
            var yaml = File.ReadAllText(file);
            if (Path.GetFileName(file).StartsWith(Shop.Items, StringComparison.Ordinal))
            {
                yaml = yaml.Replace(
                    "customProperties:\n", $"customProperties:\n  - property: partitioning\n    value: {partitioning}\n", StringComparison.Ordinal);
                yaml = change?.Invoke(yaml) ?? yaml;
            }

            File.WriteAllText(Path.Combine(folder.FullName, Path.GetFileName(file)), yaml);
        }

        return folder.FullName;
    }
}
