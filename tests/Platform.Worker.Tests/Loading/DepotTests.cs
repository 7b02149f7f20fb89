using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Loading;

namespace Platform.Worker.Tests.Loading;

/// <summary>Files as suppliers send them, through the real loader: their form is the contract's, there are several of them, and no manifest.</summary>
public sealed class DepotTests(EmbeddedServers servers)
{
    private const string Header = "Zustelltag;Zeit;signed;Gebühr;barcode;Empfänger;Paket-Nr.";
    private const string Parcels = "select parcel_id, receiver, barcode, fee, delivered_on, delivered_at, signed, _line from depot.parcels order by 1";
    private static readonly string Contracts = Path.Combine(AppContext.BaseDirectory, "Loading", "Depot");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_FormOfTheContract_ArrivesTyped()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.csv", Text(
            Header,
            "31.01.2026;31.01.2026 08:15;true;12,50;7;\"Größe; & Söhne\";P1",
            "31.01.2026;NULL;;-0,05;8;NULL;P2",
            "31.01.2026;;false;1.000,00;9;unbekannt;P3",
            "31.01.2026;;false;0,05;NULL;unbekannt;P4",
            "2026-01-31;;false;0,07;;x;P5",
            "31.01.2026;29.03.2026 02:30;;0;;x;P6"));

        var load = await LoadAsync(shop);

        Assert.Equal((2L, 4L), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(
            ["P1|Größe; & Söhne|7|12.50|2026-01-31|2026-01-31T07:15:00.0000000Z|True|2", "P4|-|-|0.05|2026-01-31|-|False|5"],
            await shop.QueryAsync(Parcels));
        Assert.Equal(
            ["3|fee|range|31.01.2026;NULL;;-0,05;8;NULL;P2", "4|fee|type|31.01.2026;;false;1.000,00;9;unbekannt;P3",
                "6|fee|multiple|2026-01-31;;false;0,07;;x;P5", "7|delivered_at|type|31.01.2026;29.03.2026 02:30;;0;;x;P6"],
            await shop.QueryAsync("select line, column_name, rule, raw_line from meta.quarantine order by line"));
        Assert.StartsWith(
            "fee ('Gebühr') is '1.000,00'; expected a number with at most 8 digits before and 2 after the decimal comma.",
            (await shop.QueryAsync("select message from meta.quarantine where line = 4"))[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_SeveralFilesOfADataset_AreOneLoadWithKeysUniqueAcrossThem()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.csv", Text(Header, "31.01.2026;;;1;1;a;P1", "31.01.2026;;;1;2;a;P2"));
        await PutAsync(shop, "parcels.2.csv.gz", Gzip(Text("Paket-Nr.;Empfänger;barcode;Gebühr;Zustelltag;Zeit;signed", "P3;b;3;2;31.01.2026;;", "P1;b;4;2;31.01.2026;;")));
        await PutAsync(shop, "parcels.3.csv", Text(Header, "31.01.2026;;;4;3;c;P4", "31.01.2026;;;4;5;c;P5", "31.01.2026;;;x;5;c;P6"));

        var load = await LoadAsync(shop);

        // parcels.2.csv.gz, parcels.3.csv, parcels.csv is the order of their names.
        Assert.Equal((4L, 3L), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(["P1|3", "P2|10", "P3|2", "P5|6"], await shop.QueryAsync("select parcel_id, _line from depot.parcels order by 1"));
        Assert.Equal(
            ["parcels.3.csv|2|barcode|unique", "parcels.3.csv|4|fee|type", "parcels.csv|2|parcel_id|unique"],
            await shop.QueryAsync("select split_part(file, '/', 3), line, column_name, rule from meta.quarantine order by 1, 2"));
        Assert.Equal(
            ["parcels.2.csv.gz|0|3|2", "parcels.3.csv|3|7|3", "parcels.csv|7|10|2"],
            await shop.QueryAsync(
                "select f->>'name', f->>'line_offset', f->>'last_line', f->>'rows' from meta.partition_load, jsonb_array_elements(files) f where dataset = 'parcels' order by 1"));
    }

    [Fact]
    public async Task Load_ParquetFile_ArrivesAsItsCsvWould()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.parquet", await ParquetAsync());

        var load = await LoadAsync(shop);

        Assert.Equal((2L, 1L), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(
            ["P1|Größe, \"x\"|7|12.50|2026-01-31|2026-01-31T07:15:00.0000000Z|True|1", "P3|-|-|0.05|2026-01-31|-|-|3"],
            await shop.QueryAsync(Parcels));
        Assert.Equal(["2|fee|range"], await shop.QueryAsync("select line, column_name, rule from meta.quarantine"));
    }

    [Fact]
    public async Task Load_UnknownColumnOfAQuarantineContract_QuarantinesRowsWithAValueInIt()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.csv", Text($"{Header};Notiz", "31.01.2026;;;1;1;a;P1;", "31.01.2026;;;1;2;a;P2;vorsichtig", "31.01.2026;;;x;3;a;P3;egal"));

        await LoadAsync(shop);

        Assert.Equal(["P1"], await shop.QueryAsync("select parcel_id from depot.parcels"));
        Assert.Equal(
            ["3|Notiz|unknown_column|vorsichtig|Notiz is 'vorsichtig'; the contract does not know this column, so that it must be empty.", "4|fee|type|x|"
                + "fee ('Gebühr') is 'x'; expected a number with at most 8 digits before and 2 after the decimal comma. "
                + "Notiz is 'egal'; the contract does not know this column, so that it must be empty."],
            await shop.QueryAsync("select line, column_name, rule, value, message from meta.quarantine order by line"));
    }

    [Fact]
    public async Task Load_UnknownColumnsOfAnEvolvingContract_BecomeColumnsOfTheFactTable()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.csv", Text(Header));
        await PutAsync(shop, "visits.1.csv", Shop.Csv("visit_id,page,Referrer", "1,/,x", "2,/a,"));
        await PutAsync(shop, "visits.2.csv", Shop.Csv("agent,visit_id,page", "y,3,/", "z,1,/"));

        var load = await LoadAsync(shop);

        Assert.Equal((3L, 1L), (load.LoadedRows, load.QuarantinedRows));
        Assert.Equal(["1|/|x|-", "2|/a|-|-", "3|/|-|y"], await shop.QueryAsync("select visit_id, page, \"Referrer\", agent from depot.visits order by 1"));

        await PutAsync(shop, "visits.1.csv", Shop.Csv("visit_id,page,page2,_line", "1,/,x,4"));
        var error = await Assert.ThrowsAsync<PartitionFaultException>(() => LoadAsync(shop));
        Assert.Contains("depot/20260131/visits.1.csv:1: the header's column '_line', unknown to the contract, has a name that the platform uses itself", error.Message, StringComparison.Ordinal);
        Assert.Equal(["3"], await shop.QueryAsync("select count(*) from depot.visits"));
    }

    [Fact]
    public async Task Load_WithoutManifest_TakesWhatLiesThereAndSkipsWhatDidNotChange()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var nothing = await Assert.ThrowsAnyAsync<DataFaultException>(() => LoadAsync(shop));
        Assert.Contains("there is no file of parcels", nothing.Message, StringComparison.Ordinal);
        await PutAsync(shop, "visits.csv", Shop.Csv("visit_id,page", "1,/"));
        var incomplete = await Assert.ThrowsAnyAsync<DataFaultException>(() => LoadAsync(shop));
        Assert.Contains("there is no file of parcels", incomplete.Message, StringComparison.Ordinal);

        await PutAsync(shop, "parcels.csv", Text(Header, "31.01.2026;;;1;1;a;P1"));
        Assert.False((await LoadAsync(shop)).Skipped);
        Assert.True((await LoadAsync(shop)).Skipped);
        await PutAsync(shop, "parcels.csv", Text(Header, "31.01.2026;;;1;1;a;P1", "31.01.2026;;;1;2;a;P2"));
        var again = await LoadAsync(shop);

        Assert.Equal([false, true], again.Datasets.OrderBy(dataset => dataset.Dataset).Select(dataset => dataset.Skipped));
        Assert.Equal(["P1", "P2"], await shop.QueryAsync("select parcel_id from depot.parcels order by 1"));
    }

    [Fact]
    public async Task Open_FileWithoutManifestReplacedAfterTheListing_IsRefused()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.csv", Text(Header));
        var reader = new PartitionReader(shop.Landing);
        var listed = await reader.ReadManifestAsync("depot", Shop.Date, needsManifest: false, Token);
        await PutAsync(shop, "parcels.csv", Text(Header, "31.01.2026;;;1;1;a;P1"));

        var error = await Assert.ThrowsAsync<LandingException>(() => reader.OpenAsync(listed, listed.Files[0], read: null, Token));

        Assert.Contains("depot/20260131/parcels.csv was replaced while it was read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_GzipThatIsCutOrABomb_IsRefusedAndChangesNothing()
    {
        await using var shop = await Shop.OpenAsync(servers);
        await PutAsync(shop, "parcels.csv.gz", Gzip(Text(Header, "31.01.2026;;;1;1;a;P1")));
        await LoadAsync(shop);
        var whole = Gzip(Text(Header, [.. Enumerable.Range(0, 900).Select(number => $"31.01.2026;;;1;{number};Empfänger {number * 7919};P{number}")]));
        (byte[] File, string Fault)[] files =
        [
            (whole[..^9], "depot/20260131/parcels.csv.gz"),
            (whole[..(whole.Length / 2)], "depot/20260131/parcels.csv.gz"),
            ([.. whole.AsSpan(0, whole.Length - 8), 0, 0, 0, 0, .. whole.AsSpan(whole.Length - 4)], "depot/20260131/parcels.csv.gz"),
            (Gzip([.. Text(Header), .. Enumerable.Repeat((byte)'\n', 100 << 20)], CompressionLevel.Optimal), "Landing:MaxExpansion"),
        ];
        foreach (var (file, fault) in files)
        {
            await PutAsync(shop, "parcels.csv.gz", file);

            var error = await Assert.ThrowsAnyAsync<DataFaultException>(() => LoadAsync(shop));

            Assert.Contains(fault, error.Message, StringComparison.Ordinal);
            Assert.Equal(["P1"], await shop.QueryAsync("select parcel_id from depot.parcels"));
        }
    }

    private static Task<DomainLoad> LoadAsync(Shop shop) => shop.Loader(Contracts).LoadAsync("depot", Shop.Date, Token);

    private static Task PutAsync(Shop shop, string name, byte[] content) => shop.PutAsync($"depot/20260131/{name}", content);

    private static byte[] Text(string header, params string[] rows) => CodePagesEncodingProvider.Instance.GetEncoding(1252)!
        .GetBytes(string.Concat(rows.Prepend(header).Select(row => row + "\r\n")));

    private static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, level))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private static async Task<byte[]> ParquetAsync()
    {
        var schema = new ParquetSchema(
            new DataField<string>("Paket-Nr."), new DataField<string>("Empfänger"), new DataField<long?>("barcode"), new DecimalDataField("Gebühr", 10, 2),
            new DataField<DateOnly>("Zustelltag"), new DateTimeDataField("Zeit", DateTimeFormat.DateAndTimeMicros, isAdjustedToUTC: true, isNullable: true),
            new DataField<bool?>("signed"));
        var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, file, cancellationToken: Token))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], new[] { "P1", "P2", "P3" });
            await group.WriteAsync(schema.DataFields[1], new[] { "Größe, \"x\"", "", "unbekannt" });
            await group.WriteAsync<long>(schema.DataFields[2], new long?[] { 7, 8, null });
            await group.WriteAsync<decimal>(schema.DataFields[3], new[] { 12.5m, -1m, 0.05m });
            await group.WriteAsync<DateOnly>(schema.DataFields[4], Enumerable.Repeat(Shop.Date, 3).ToArray());
            await group.WriteAsync<DateTime>(schema.DataFields[5], new DateTime?[] { new DateTime(2026, 1, 31, 7, 15, 0, DateTimeKind.Utc), null, null });
            await group.WriteAsync<bool>(schema.DataFields[6], new bool?[] { true, null, null });
        }

        return file.ToArray();
    }
}
