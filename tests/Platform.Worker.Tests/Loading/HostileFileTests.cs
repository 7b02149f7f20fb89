using System.Text;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Loading;

namespace Platform.Worker.Tests.Loading;

/// <summary>Files that are wrong as a whole, or made to do harm. Rows that are wrong each by itself are in <see cref="PartitionLoaderTests"/>.</summary>
public sealed class HostileFileTests(EmbeddedServers servers)
{
    private const string Good = "A1,Apple,food,12.34,3,9007199254740993,2026-01-31,2026-01-31T08:15:00.123456Z,true";

    public static TheoryData<string, string> RefusedFiles => new()
    {
        { "", "lacks 'item_id', 'name'" },
        { "\n\n", "lacks 'item_id', 'name'" },
        { "\uFEFF", "lacks 'item_id', 'name'" },
        { string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"c{number}")) + "\n1,2\n", "'c19', ...; expected item_id, name" },
        { $"{Shop.ItemsHeader},{string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"c{number}"))}\n{Good}\n", "has, unknown to the contract, 'c0'" },
        { $"{Shop.ItemsHeader},n\0me\n{Good}\n", "has, unknown to the contract, 'n\u2400me'" },
        { $"\"{new string('x', 33 << 20)}", "the header is longer than 32 MB" },
    };

    [Theory]
    [MemberData(nameof(RefusedFiles), DisableDiscoveryEnumeration = true)]
    public async Task Load_FileWithoutItsHeader_IsRefusedAndChangesNothing(string file, string fault)
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        await LandAsync(shop, Encoding.UTF8.GetBytes(file));

        var error = await Assert.ThrowsAsync<PartitionFaultException>(() => shop.LoadAsync());

        Assert.StartsWith("shop/20260131/items.csv:1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 5_000);
        Assert.Equal(["A1"], await shop.QueryAsync("select item_id from shop.items"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n\r\n")]
    public async Task Load_HeaderOnly_ReplacesThePartitionWithNothing(string rest)
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        await LandAsync(shop, Encoding.UTF8.GetBytes(Shop.ItemsHeader + rest));

        var load = await shop.LoadAsync();

        Assert.Equal((0L, 0L), (load.LoadedRows, load.QuarantinedRows));
        Assert.Empty(await shop.QueryAsync("select item_id from shop.items"));
    }

    [Fact]
    public async Task Load_RowsThatAreNoRows_AreQuarantinedOneByOne()
    {
        await using var shop = await Shop.OpenAsync(servers);
        string[] rows =
        [
            Good,
            string.Join(',', Enumerable.Range(0, 10_000)),
            new string(',', 50_000),
            "\0\0\0",
            "A2,Apple,food,1.00,1,1,2026-01-31,2026-12-31T23:59:60Z,",
            "A3,Apple,food,1.00,1,9223372036854775808,2026-01-31,,",
            "A4,Apple,food,999999999.00,1,1,2026-01-31,,",
            "A5,Apple,food,Infinity,1,1,2026-01-31,,",
            "A6,Apple,food,1.00,1,1,2025-02-29,,",
            "A7,Apple,food,1.00,1,1,2026-02-01,,",
            "A8,\"Apple,food,1.00,1,1,2026-01-31,,",
            "A9,Apple,food,1.00,1,1,2026-01-31,,",
            "\"A10\" ,Apple,food,1.00,1,1,2026-01-31,,",
        ];
        await shop.LandItemsAsync(rows);

        await shop.LoadAsync();

        Assert.Equal(["A1|2", "A9|13"], await shop.QueryAsync("select item_id, _line from shop.items order by _line"));
        Assert.Equal(
            ["3||columns", "4||columns", "5||encoding", "6|sold_at|type", "7|serial|type", "8|price|type", "9|price|type", "10|sold_on|type", "11|sold_on|partition",
                "12||columns", "14||columns"],
            await shop.QueryAsync("select line, coalesce(column_name, ''), rule from meta.quarantine order by line"));
    }

    [Fact]
    public async Task Load_Formulas_AreTextAsTheyCame()
    {
        await using var shop = await Shop.OpenAsync(servers);
        string[] names = ["=cmd|'/c'!A", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "'=1"];
        await shop.LandItemsAsync([.. names.Select((name, index) => $"A{index},\"{name}\",food,1.00,1,1,2026-01-31,,")]);

        await shop.LoadAsync();

        Assert.Equal(names, await shop.QueryAsync("select name from shop.items order by _line"));
    }

    [Fact]
    public async Task Load_FileReplacedWhileItIsRead_LoadsOneVersionOrNothing()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        var first = Enumerable.Range(0, 120_000).Select(number => $"A{number},Apple pie,food,1.00,1,{number},2026-01-31,2026-01-31T08:15:00.123456Z,true").ToArray();
        await shop.LandItemsAsync(first);

        // The COPY stops at its first row until the file has been replaced.
        await shop.ExecuteAsync(
            """
            create function shop.wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(4711); return new; end $$;
            create trigger wait before insert on shop.items for each row when (new.item_id = 'A0') execute function shop.wait();
            """);
        await using var connection = await shop.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var hold = connection.CreateCommand())
        {
            hold.CommandText = "select pg_advisory_lock(4711)";
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var load = shop.LoadAsync();
        while ((await shop.QueryAsync("select 1 from pg_locks where locktype = 'advisory' and objid = 4711 and not granted")).Length == 0)
        {
            Assert.False(load.IsCompleted);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await shop.PutAsync(LandingPath.For(Shop.Domain, Shop.Date, Shop.Items), Shop.Csv(Shop.ItemsHeader, [.. first.Select(row => row.Replace("1.00", "2.00", StringComparison.Ordinal))]));
        await using (var release = connection.CreateCommand())
        {
            release.CommandText = "select pg_advisory_unlock(4711)";
            await release.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var expected = "1|12.34";
        try
        {
            await load;
            expected = "120000|120000.00";
        }
        catch (DataFaultException replaced)
        {
            Assert.Contains("shop/20260131/items.csv", replaced.Message, StringComparison.Ordinal);
        }

        Assert.Equal([expected], await shop.QueryAsync("select count(*), sum(price) from shop.items"));
    }

    [Fact]
    public async Task Load_FileBesideTheManifest_IsRefused()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.PutAsync("shop/20260131/items.2.csv", Shop.Csv(Shop.ItemsHeader));

        var error = await Assert.ThrowsAsync<LandingException>(() => shop.LoadAsync());

        Assert.Contains("does not list items.2.csv, though it lies beside", error.Message, StringComparison.Ordinal);
    }

    private static Task LandAsync(Shop shop, byte[] items) => shop.LandAsync(
        Shop.Date, [(Shop.Items, items), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader))], file => file with { Rows = 0 });
}
