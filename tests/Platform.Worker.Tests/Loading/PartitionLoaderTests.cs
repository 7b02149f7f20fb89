using Npgsql;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Loading;

namespace Platform.Worker.Tests.Loading;

public sealed class PartitionLoaderTests(EmbeddedServers servers)
{
    private const string Good = "A1,Apple,food,12.34,3,9007199254740993,2026-01-31,2026-01-31T08:15:00.123456Z,true";

    [Fact]
    public async Task Load_ColumnOfEachType_ArrivesAsWritten()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(
            Good,
            "A2,\"Say \"\"hi\"\"\",tool,0.00,-5,-1,2026-01-31,2026-01-31T10:15:00+02:00,false",
            "A3,Größe äöü,food,99999.99,,,2026-01-31,,");

        var load = await shop.LoadAsync();

        Assert.Equal([(3L, 0L), (0L, 0L)], load.Datasets.Select(dataset => (dataset.LoadedRows, dataset.QuarantinedRows)));
        Assert.Equal(
            [
                "A1|Apple|food|12.34|3|9007199254740993|2026-01-31|2026-01-31T08:15:00.1234560Z|True|2026-01-31|2",
                "A2|Say \"hi\"|tool|0.00|-5|-1|2026-01-31|2026-01-31T08:15:00.0000000Z|False|2026-01-31|3",
                "A3|Größe äöü|food|99999.99|-|-|2026-01-31|-|-|2026-01-31|4",
            ],
            await shop.QueryAsync(
                "select item_id, name, kind, price, quantity, serial, sold_on, sold_at, gift, _partition, _line from shop.items order by 1"));
        Assert.Equal(
            ["shop/20260131/items.csv|3|3|0|{\"price\": {\"file\": \"100012.33\", \"loaded\": \"100012.33\", \"quarantined\": \"0\"}, \"quantity\": {\"file\": \"-2\", \"loaded\": \"-2\", \"quarantined\": \"0\"}}"],
            await shop.QueryAsync("select file, file_rows, loaded_rows, quarantined_rows, control_sums from meta.partition_load where dataset = 'items'"));
    }

    [Fact]
    public async Task Load_BadRowOfEachKind_QuarantinesExactlyThoseWithTheReason()
    {
        await using var shop = await Shop.OpenAsync(servers);
        (string Row, string Reason)[] rows =
        [
            (Good, ""),
            ("B1,Apple,food,1.00,1,1,2026-01-31", "|columns"),
            ("B2,Apple,food,1.00,1,1,2026-01-31,,,", "|columns"),
            ("B3,,food,1.00,1,1,2026-01-31,,", "name|required"),
            ("B4,Apple,food,abc,1,1,2026-01-31,,", "price|type"),
            ("B5,Apple,food,1.234,1,1,2026-01-31,,", "price|type"),
            ("B6,Apple,food,NaN,1,1,2026-01-31,,", "price|type"),
            ("B7,Apple,food,1.00,1,99999999999999999999,2026-01-31,,", "serial|type"),
            ("B8,Apple,food,1.00,1,1,2026-02-31,,", "sold_on|type"),
            ("B9,Apple,food,1.00,1,1,2026-01-31,2026-01-31T23:59:60Z,", "sold_at|type"),
            ("C1,Apple,food,1.00,1,1,2026-01-31,,maybe", "gift|type"),
            ("C2,A,food,1.00,1,1,2026-01-31,,", "name|length"),
            ("C3,Apple pie and cream,food,1.00,1,1,2026-01-31,,", "name|length"),
            ("C4,Apple,food,-0.01,1,1,2026-01-31,,", "price|range"),
            ("C5,Apple,food,100000.00,1,1,2026-01-31,,", "price|range"),
            ("C6,Apple,food,1.00,6,1,2026-01-31,,", "quantity|range"),
            ("c7,Apple,food,1.00,1,1,2026-01-31,,", "item_id|pattern"),
            ("C8,Apple,drink,1.00,1,1,2026-01-31,,", "kind|enumeration"),
            ("C9,Apple,food,1.00,1,1,2026-01-30,,", "sold_on|partition"),
            ("A1,Second,food,1.00,1,1,2026-01-31,,", "item_id|unique"),
            ("D1,\"Ap\"ple,food,1.00,1,1,2026-01-31,,", "|columns"),
            ("D2,App\0le,food,1.00,1,1,2026-01-31,,", "|encoding"),
            ("D3,Apple,food,1.00,1,1,2026-01-31,,", ""),
        ];
        await shop.LandAsync(
            Shop.Date,
            (Shop.Items, Shop.Csv(Shop.ItemsHeader, [.. rows.Select(row => row.Row)])),
            (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader, "A1,1,fine", "Z9,1,of nothing", "B3,1,of a bad row", "A1,1,again")));

        var load = await shop.LoadAsync();

        string[] expected =
        [
            .. rows.Index().Where(row => row.Item.Reason.Length > 0).Select(row => $"items|{row.Index + 2}|{row.Item.Reason}"),
            "reviews|3|item_id|reference", "reviews|4|item_id|reference", "reviews|5|item_id, number|unique",
        ];
        Assert.Equal(expected, await shop.QuarantineAsync());
        Assert.Equal(["A1|2", "D3|24"], await shop.QueryAsync("select item_id, _line from shop.items order by 1"));
        string[] lines = [.. rows.Where(row => row.Reason.Length > 0).Select(row => row.Row.Replace('\0', '\u2400'))];
        Assert.Equal(lines, await shop.QueryAsync("select raw_line from meta.quarantine where dataset = 'items' order by line"));
        Assert.Equal(
            ["Z9|item_id is Z9; expected a item_id of shop.items in the partition 2026-01-31.|Z9,1,of nothing",
                "A1, 1|item_id, number is A1, 1 as in line 2; a key is expected once in a partition, and the first line stays.|A1,1,again"],
            await shop.QueryAsync("select value, message, raw_line from meta.quarantine where dataset = 'reviews' and line in (3, 5) order by line"));
        Assert.Equal((24L, 3L), (load.QuarantinedRows, load.LoadedRows));
    }

    [Fact]
    public async Task Load_RowBreaksSeveralRules_TellsTheFirstAndAllOthersInTheMessage()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync("x,Apple,drink,1e3,7,1,2026-01-30,,");

        await shop.LoadAsync();

        Assert.Equal(
            ["item_id|pattern|x|item_id is 'x'; expected the pattern [A-Z][0-9]+. kind is 'drink'; expected one of food, tool. "
             + "price is '1e3'; expected a number with at most 8 digits before and 2 after the point. quantity is 7; expected >= -5 and <= 5. "
             + "sold_on is 2026-01-30; expected the data date 2026-01-31 of the partition."],
            await shop.QueryAsync("select column_name, rule, value, message from meta.quarantine"));
    }

    [Fact]
    public async Task Load_HeaderInAnotherOrderWithBomAndCrLf_LoadsAlike()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var text = "\uFEFFgift,sold_at,sold_on,serial,quantity,price,kind,name,item_id\r\ntrue,,2026-01-31,,1,5.00,tool,\"two\r\nlines\",A1\r\n,,2026-01-31,,1,5.00,tool,Saw,A2";
        await shop.LandAsync(
            Shop.Date,
            [(Shop.Items, System.Text.Encoding.UTF8.GetBytes(text)), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader))],
            file => file with { Rows = file.Dataset == Shop.Items ? 2 : 0 });

        await shop.LoadAsync();

        Assert.Equal(["A1|two\r\nlines|5.00|2", "A2|Saw|5.00|4"], await shop.QueryAsync("select item_id, name, price, _line from shop.items order by 1"));
    }

    [Theory]
    [InlineData("item_id,name,kind,price,quantity,serial,sold_on,sold_at", "lacks 'gift'")]
    [InlineData("item_id,name,kind,price,quantity,serial,sold_on,sold_at,gift,name", "has more than once 'name'")]
    [InlineData("item_id,name,kind,price,quantity,serial,sold_on,sold_at,gift,colour", "has, unknown to the contract, 'colour'")]
    [InlineData("item_id,\"name,kind,price", "header's quotes are not in order")]
    [InlineData("", "lacks 'item_id', 'name'")]
    public async Task Load_WrongHeader_RefusesTheFileAndChangesNothing(string header, string fault)
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        var before = await shop.FactsAsync();
        await shop.LandAsync(Shop.Date, (Shop.Items, Shop.Csv(header, Good)), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader)));

        var error = await Assert.ThrowsAsync<PartitionFaultException>(() => shop.LoadAsync());

        Assert.Contains("shop/20260131/items.csv:1", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await shop.FactsAsync());
    }

    [Fact]
    public async Task Load_SameContentAgain_WritesNothing()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        var first = await shop.LoadAsync();
        await shop.LandItemsAsync(Good);

        var second = await shop.LoadAsync();

        Assert.False(first.Skipped);
        Assert.True(second.Skipped);
        Assert.Equal(first.Datasets.Select(dataset => dataset.LoadId), second.Datasets.Select(dataset => dataset.LoadId));
        Assert.Equal(["2"], await shop.QueryAsync("select count(*) from meta.partition_load"));
    }

    [Fact]
    public async Task Load_Forced_LoadsAgainWithTheSameContent()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good, Good);
        await shop.LoadAsync();
        var before = await shop.FactsAsync();

        var again = await shop.Loader().LoadAsync(Shop.Domain, Shop.Date, force: true, TestContext.Current.CancellationToken);

        Assert.False(again.Skipped);
        Assert.Equal(before, await shop.FactsAsync());
        Assert.Equal(["items|3|item_id|unique"], await shop.QuarantineAsync());
        Assert.Equal(["true|2", "false|2"], await shop.QueryAsync("select current::text, count(*) from meta.partition_load group by current order by current desc"));
    }

    [Fact]
    public async Task Load_ReferencedPartitionChanged_ChecksTheReferencesAgain()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var reviews = Shop.Csv(Shop.ReviewsHeader, "A1,1,fine", "A2,1,fine");
        await shop.LandAsync(Shop.Date, (Shop.Items, Shop.Csv(Shop.ItemsHeader, Good)), (Shop.Reviews, reviews));
        await shop.LoadAsync();
        Assert.Equal(["reviews|3|item_id|reference"], await shop.QuarantineAsync());

        await shop.LandAsync(Shop.Date, (Shop.Items, Shop.Csv(Shop.ItemsHeader, Good, Good.Replace("A1", "A2", StringComparison.Ordinal))), (Shop.Reviews, reviews));
        var load = await shop.LoadAsync();

        Assert.Equal([false, false], load.Datasets.Select(dataset => dataset.Skipped));
        Assert.Empty(await shop.QuarantineAsync());
    }

    [Fact]
    public async Task Load_DatesInEitherOrder_LeaveTheSameFacts()
    {
        DateOnly[] dates = [Shop.Date, Shop.Date.AddDays(1)];
        var contents = new List<string[]>();
        foreach (var order in new[] { dates, [.. dates.Reverse()] })
        {
            await using var shop = await Shop.OpenAsync(servers);
            foreach (var date in order)
            {
                var row = $"A1,Apple,food,12.34,3,1,{date:yyyy-MM-dd},,";
                await shop.LandAsync(date, (Shop.Items, Shop.Csv(Shop.ItemsHeader, row, "bad")), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader, "A1,1,x")));
                await shop.LoadAsync(date);
            }

            contents.Add(await shop.FactsAsync());
        }

        Assert.Equal(4, contents[0].Length);
        Assert.Equal(contents[0], contents[1]);
    }

    [Fact]
    public async Task Load_TwoLoadersAtOnce_LoadOnce()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync([.. Enumerable.Range(1, 2_000).Select(number => $"A{number},Apple,food,1.00,1,1,2026-01-31,,")]);

        var loads = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => shop.LoadAsync())));

        Assert.Single(loads, load => !load.Skipped);
        Assert.Equal(["2000"], await shop.QueryAsync("select count(*) from shop.items"));
        Assert.Equal(["2"], await shop.QueryAsync("select count(*) from meta.partition_load"));
    }

    [Fact]
    public async Task Load_ConnectionCutInTheMiddleOfCopy_LeavesThePartitionAsItWas()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        var before = await shop.FactsAsync();
        await shop.LandItemsAsync([.. Enumerable.Range(1, 20_000).Select(number => $"A{number},Apple,food,1.00,1,1,2026-01-31,,")]);

        // The first row that arrives ends its own session.
        await shop.ExecuteAsync(
            """
            create function shop.cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
            create trigger cut before insert on shop.items for each row when (new.item_id = 'A15000') execute function shop.cut();
            """);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => shop.LoadAsync());

        Assert.Equal(before, await shop.FactsAsync());
        Assert.Empty(await shop.QuarantineAsync());
        Assert.Equal(["2"], await shop.QueryAsync("select count(*) from meta.partition_load where current"));

        await shop.ExecuteAsync("drop trigger cut on shop.items");
        Assert.Equal(20_000, (await shop.LoadAsync()).LoadedRows);
    }

    [Fact]
    public async Task Load_WarehouseLosesARow_DoesNotTieOutAndChangesNothing()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        var before = await shop.FactsAsync();
        await shop.ExecuteAsync(
            """
            create function shop.lose() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger lose before insert on shop.items for each row when (new.item_id = 'A7') execute function shop.lose();
            """);
        await shop.LandItemsAsync([.. Enumerable.Range(1, 9).Select(number => $"A{number},Apple,food,1.00,1,1,2026-01-31,,")]);

        var error = await Assert.ThrowsAsync<PartitionFaultException>(() => shop.LoadAsync());

        Assert.Contains("the file has 9 rows, 8 were loaded and 0 quarantined", error.Message, StringComparison.Ordinal);
        Assert.Contains("price adds up to 9 in the file, 8.00 loaded and 0 quarantined", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await shop.FactsAsync());
    }

    [Fact]
    public async Task Load_ManifestThatLies_IsRefusedAndChangesNothing()
    {
        await using var shop = await Shop.OpenAsync(servers);
        (string Dataset, byte[] Csv)[] files = [(Shop.Items, Shop.Csv(Shop.ItemsHeader, Good)), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader))];
        (Func<ManifestFile, ManifestFile> Lie, string Fault)[] lies =
        [
            (file => file with { Rows = 2 }, "the file has 1 rows, its manifest says 2"),
            (file => file with { ControlSums = new Dictionary<string, string> { ["price"] = "12.35" } }, "price adds up to 12.34 in the file, its manifest says 12.35"),
            (file => file with { Bytes = 5 }, "is not the file that its manifest lists"),
            (file => file with { Sha256 = new string('0', 64) }, "is not the file that its manifest lists"),
            (file => file with { Dataset = "orders" }, "lists the file 'items.csv' of dataset 'orders'; expected orders[.anything].csv"),
        ];
        foreach (var (lie, fault) in lies)
        {
            await shop.LandAsync(Shop.Date, files, file => file.Dataset == Shop.Items ? lie(file) : file);

            var error = await Assert.ThrowsAnyAsync<DataFaultException>(() => shop.LoadAsync());

            Assert.Contains(fault, error.Message, StringComparison.Ordinal);
            Assert.Equal(["0"], await shop.QueryAsync("select count(*) from meta.partition_load"));
        }
    }

    [Fact]
    public async Task Load_QuoteNotClosed_QuarantinesItsLineAndLoadsTheOthers()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await shop.LandItemsAsync(
            Good,
            "B1,\"Apple,food,1.00,1,1,2026-01-31,,",
            "A2,Apple,food,1.00,1,1,2026-01-31,,",
            "A3,\"Ap, ple\",food,1.00,1,1,2026-01-31,,",
            "A4,Apple,food,1.00,1,1,2026-01-31,,",
            "B2,\"Apple,food,1.00,1,1,2026-01-31,,",
            "A5,Apple,food,1.00,1,1,2026-01-31,,");

        await shop.LoadAsync();

        Assert.Equal(["items|3||columns", "items|7||columns"], await shop.QuarantineAsync());
        Assert.Equal(["A1|2", "A2|4", "A3|5", "A4|6", "A5|8"], await shop.QueryAsync("select item_id, _line from shop.items order by 1"));
    }

    [Fact]
    public async Task Load_InvalidUtf8_QuarantinesTheLine()
    {
        await using var shop = await Shop.OpenAsync(servers);
        byte[] csv = [.. Shop.Csv(Shop.ItemsHeader, Good), .. "B1,Bl\xE4tter,food,1.00,1,1,2026-01-31,,\n".Select(character => (byte)character)];
        await shop.LandAsync(Shop.Date, (Shop.Items, csv), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader)));

        await shop.LoadAsync();

        Assert.Equal(["3|encoding|B1,Bl\uFFFDtter,food,1.00,1,1,2026-01-31,,"], await shop.QueryAsync("select line, rule, raw_line from meta.quarantine"));
    }

    [Fact]
    public async Task Load_FieldOfTenMegabytes_QuarantinesTheLineWithAShortenedValue()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var row = $"B1,{new string('x', 10 << 20)},food,1.00,1,1,2026-01-31,,";
        await shop.LandItemsAsync(row, Good);

        await shop.LoadAsync();

        Assert.Equal([$"name|length|{new string('x', 1000)}... (10485760 characters)|{row.Length}"],
            await shop.QueryAsync("select column_name, rule, value, length(raw_line) from meta.quarantine"));
        Assert.Equal(["A1"], await shop.QueryAsync("select item_id from shop.items"));
    }

    [Fact]
    public async Task Load_EveryRowIsADuplicateOrBad_KeepsTheFirstOfEachKey()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var rows = Enumerable.Range(0, 30_000).Select(number => number % 3 == 2
            ? $"A{number},Apple,none,1.00,1,1,2026-01-31,,"
            : $"A{number % 30},Apple,food,1.00,1,1,2026-01-31,,");
        await shop.LandItemsAsync([.. rows]);

        var load = await shop.LoadAsync();

        Assert.Equal((20L, 29_980L), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(["enumeration|10000", "unique|19980"], await shop.QueryAsync("select rule, count(*) from meta.quarantine group by rule order by rule"));
        Assert.Equal(["2|30"], await shop.QueryAsync("select min(_line), max(_line) from shop.items"));
        Assert.Equal(["0"], await shop.QueryAsync("select count(*) from meta.quarantine where split_part(raw_line, ',', 1) <> value and rule = 'unique'"));
    }

    [Fact]
    public async Task Load_PartitionNotLanded_NamesTheManifest()
    {
        await using var shop = await Shop.OpenAsync(servers);

        var error = await Assert.ThrowsAnyAsync<DataFaultException>(() => shop.LoadAsync());

        Assert.Contains("shop/20260131/_manifest.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OtherContent_MarksTheDateStaleAndEqualContentDoesNot()
    {
        await using var shop = await Shop.OpenAsync(servers);
        const string Marks = "select dataset, data_date, reason from meta.stale_date";
        await shop.LandItemsAsync(Good);
        await shop.LoadAsync();
        await shop.Loader().LoadAsync(Shop.Domain, Shop.Date, force: true, TestContext.Current.CancellationToken);
        Assert.Empty(await shop.QueryAsync(Marks));

        await shop.LandItemsAsync(Good.Replace("12.34", "12.35", StringComparison.Ordinal));
        await shop.LoadAsync();

        var mark = Assert.Single(await shop.QueryAsync(Marks));
        Assert.StartsWith("items|2026-01-31|landed again: load ", mark, StringComparison.Ordinal);
    }
}
