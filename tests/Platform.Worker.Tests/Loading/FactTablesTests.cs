using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Loading;

namespace Platform.Worker.Tests.Loading;

public sealed class FactTablesTests(EmbeddedServers servers) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("contracts");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Ensure_SeveralAtOnce_CreatesTheTablesOnceWithPartitionFirstInTheKey()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var domain = ContractCatalog.Load([Shop.Contracts]).Domains[0];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FactTables.EnsureAsync(database.DataSource, domain, TestContext.Current.CancellationToken)));

        Assert.Equal(
            ["_line integer!", "_load bigint!", "_partition date!", "item_id text!", "number integer!", "text text"],
            await ColumnsAsync(database, "reviews"));
        await using var key = database.DataSource.CreateCommand("select indexdef from pg_indexes where schemaname = 'shop' and tablename = 'reviews'");
        Assert.EndsWith("(_partition, item_id, number)", (string)(await key.ExecuteScalarAsync(TestContext.Current.CancellationToken))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_CompatibleChange_EvolvesTheTable()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await EnsureAsync(database, _ => _);

        await EnsureAsync(database, yaml => yaml
            .Replace("numeric(10,2)", "numeric(14,4)", StringComparison.Ordinal)
            .Replace("physicalType: integer", "physicalType: bigint", StringComparison.Ordinal)
            .Replace("      - name: gift", "      - name: colour\n        logicalType: string\n      - name: gift", StringComparison.Ordinal)
            .Replace("      - name: sold_at\n        logicalType: timestamp\n", "", StringComparison.Ordinal));

        Assert.Equal(
            ["_line integer!", "_load bigint!", "_partition date!", "colour text", "gift boolean", "item_id text!", "kind text!", "name text!",
                "price numeric(14,4)!", "quantity bigint", "serial bigint", "sold_at timestamp with time zone", "sold_on date!"],
            await ColumnsAsync(database, "items"));
    }

    [Theory]
    [InlineData("numeric(10,2)", "numeric(9,2)", "column 'price' is numeric(9,2), but the table's is numeric(10,2)")]
    [InlineData("numeric(10,2)", "numeric(10,3)", "column 'price' is numeric(10,3), but the table's is numeric(10,2)")]
    [InlineData("physicalType: bigint", "physicalType: integer", "column 'serial' is integer, but the table's is bigint")]
    [InlineData("      - name: gift", "      - name: colour\n        logicalType: string\n        required: true\n      - name: gift", "column 'colour' is new and required")]
    [InlineData("      - name: sold_at\n        logicalType: timestamp", "      - name: sold_at\n        logicalType: timestamp\n        required: true", "column 'sold_at' is required now")]
    [InlineData("      - name: gift\n        logicalType: boolean", "      - name: gift\n        logicalType: string", "column 'gift' is text, but the table's is boolean")]
    [InlineData("- name: name\n", "- name: title\n", "column 'title' is new and required")]
    public async Task Ensure_BreakingChange_IsRefusedWithTheDifference(string found, string replacement, string difference)
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await EnsureAsync(database, _ => _);
        var before = await ColumnsAsync(database, "items");

        var error = await Assert.ThrowsAsync<ConfigurationFaultException>(() =>
            EnsureAsync(database, yaml => yaml.Replace(found, replacement, StringComparison.Ordinal)));

        Assert.Contains("breaking change of shop.items", error.Message, StringComparison.Ordinal);
        Assert.Contains(difference, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await ColumnsAsync(database, "items"));
    }

    [Fact]
    public async Task Ensure_SeveralBreakingChanges_NamesAllOfThem()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await EnsureAsync(database, _ => _);

        var error = await Assert.ThrowsAsync<ConfigurationFaultException>(() => EnsureAsync(database, yaml => yaml
            .Replace("numeric(10,2)", "numeric(9,2)", StringComparison.Ordinal)
            .Replace("physicalType: bigint", "physicalType: integer", StringComparison.Ordinal)));

        Assert.Contains("column 'price' is numeric(9,2), but the table's is numeric(10,2)", error.Message, StringComparison.Ordinal);
        Assert.Contains("column 'serial' is integer, but the table's is bigint", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_ChangedDescriptions_AreTheTablesComments()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await EnsureAsync(database, _ => _);

        await EnsureAsync(database, yaml => yaml
            .Replace("A column of each type and a rule of each kind.", "What the shop sold.", StringComparison.Ordinal)
            .Replace("      - name: gift\n", "      - name: gift\n        description: Wrapped.\n", StringComparison.Ordinal));

        await using var command = database.DataSource.CreateCommand(
            "select obj_description('shop.items'::regclass) || ' ' || col_description('shop.items'::regclass, "
            + "(select attnum from pg_attribute where attrelid = 'shop.items'::regclass and attname = 'gift'))");
        Assert.Equal("What the shop sold. Wrapped.", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ensure_WiderTypeOfAColumnThatAViewReads_NamesTheView()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await EnsureAsync(database, _ => _);
        await using (var view = database.DataSource.CreateCommand("create view shop.prices as select price from shop.items"))
        {
            await view.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var error = await Assert.ThrowsAsync<ConfigurationFaultException>(() =>
            EnsureAsync(database, yaml => yaml.Replace("numeric(10,2)", "numeric(12,2)", StringComparison.Ordinal)));

        Assert.Contains("views on the fact tables: shop.prices. Drop them", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddColumns_OfAFile_AreOptionalTextAndStayWhenTheContractIsEnsuredAgain()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await EnsureAsync(database, _ => _);
        var domain = ContractCatalog.Load([_directory.FullName]).Domains[0];

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => FactTables.AddColumnsAsync(
            database.DataSource, domain, domain.Datasets[0], ["colour", "gift", "Größe \"XL\""], TestContext.Current.CancellationToken)));
        await EnsureAsync(database, _ => _);

        Assert.Equal(
            ["Größe \"XL\" text", "_line integer!", "_load bigint!", "_partition date!", "colour text", "gift boolean", "item_id text!", "kind text!",
                "name text!", "price numeric(10,2)!", "quantity integer", "serial bigint", "sold_at timestamp with time zone", "sold_on date!"],
            await ColumnsAsync(database, "items"));
        var many = Enumerable.Range(0, 1_600).Select(number => $"extra_{number}").ToList();
        var error = await Assert.ThrowsAsync<DataFaultException>(() =>
            FactTables.AddColumnsAsync(database.DataSource, domain, domain.Datasets[0], many, TestContext.Current.CancellationToken));
        Assert.Contains("1600 columns that the contract does not know would make more than 1550", error.Message, StringComparison.Ordinal);
    }

    private async Task EnsureAsync(TestDatabase database, Func<string, string> change)
    {
        var yaml = await File.ReadAllTextAsync(Path.Combine(Shop.Contracts, "items.odcs.yaml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "items.odcs.yaml"), change(yaml.ReplaceLineEndings("\n")), TestContext.Current.CancellationToken);
        await FactTables.EnsureAsync(database.DataSource, ContractCatalog.Load([_directory.FullName]).Domains[0], TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> ColumnsAsync(TestDatabase database, string table)
    {
        await using var command = database.DataSource.CreateCommand(
            """
            select attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then '!' else '' end
            from pg_attribute where attrelid = ('shop.' || $1)::regclass and attnum > 0 and not attisdropped order by attname collate "C"
            """);
        command.Parameters.AddWithValue(table);
        var columns = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }
}
