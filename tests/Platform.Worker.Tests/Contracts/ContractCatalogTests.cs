using Platform.Worker.Contracts;

namespace Platform.Worker.Tests.Contracts;

public sealed class ContractCatalogTests : IDisposable
{
    private const string Contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: toys
        name: toys
        version: 1.0.0
        status: active
        domain: shop
        schema:
          - name: toys
            properties:
              - name: toy_id
                logicalType: string
                required: true
                primaryKey: true
              - name: price
                logicalType: number
                physicalType: numeric(8,2)
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("contracts");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Load_BuiltInContracts_OrdersDomainsAndDatasetsByWhatTheyNeed()
    {
        var catalog = ContractCatalog.Load([Path.Combine(AppContext.BaseDirectory, "Sources")]);

        Assert.Equal(["sales", "operations", "finance"], catalog.Domains.Select(domain => domain.Name));
        Assert.Equal(["customers", "orders", "products", "order_lines", "returns"], catalog.Domain("sales").Datasets.Select(dataset => dataset.Dataset));
        Assert.Equal(13, catalog.Domains.Sum(domain => domain.Datasets.Count));
        var lines = catalog.Domain("sales").Datasets.Single(dataset => dataset.Dataset == "order_lines");
        Assert.Equal(["order_id", "line_number"], lines.Key);
        Assert.Equal("order_date", lines.PartitionColumn);
        Assert.Equal(
            [new("order_id", "sales", "orders", "order_id"), new("product_id", "sales", "products", "product_id")], lines.References);
    }

    [Fact]
    public void Load_SeveralFaultsInSeveralFiles_ReportsAllWithFileAndLine()
    {
        Write("toys", Contract.Replace("numeric(8,2)", "money", StringComparison.Ordinal).Replace("status: active", "status: draft", StringComparison.Ordinal));
        Write("games", Contract.Replace("toys", "games", StringComparison.Ordinal).Replace("primaryKey: true", "primaryKey: maybe", StringComparison.Ordinal));

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName, "/no/such/folder"]));

        Assert.Equal(
            [
                "/no/such/folder:0",
                "games.odcs.yaml:14", "games.odcs.yaml:9",
                "toys.odcs.yaml:17", "toys.odcs.yaml:6",
            ],
            error.Errors.Select(fault => $"{(fault.Line == 0 ? fault.File : Path.GetFileName(fault.File))}:{fault.Line}").Order(StringComparer.Ordinal));
        Assert.Contains("5 contract errors:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version: 1.0.0", "version: 1.0.0\nservers: []", 6, "'servers' in the contract is not implemented")]
    [InlineData("v3.1.0", "v3.0.2", 1, "'apiVersion' is 'v3.0.2'; implemented is v3.1.0")]
    [InlineData("domain: shop", "domain: meta", 7, "choose another")]
    [InlineData("domain: shop", "domain: My Shop", 7, "must be a lower-case name")]
    [InlineData("version: 1.0.0", "version: ~", 5, "the contract lacks 'version'")]
    [InlineData("- name: toys\n", "- name: toys\n    physicalName: games\n", 10, "different names are not implemented")]
    [InlineData("domain: shop", "domain: shop\ncustomProperties:\n  - property: priority\n    value: high", 9, "customProperty 'priority' is not implemented")]
    [InlineData("domain: shop", "domain: shop\ncustomProperties:\n  - property: controlSums\n    value: [toy_id]", 10, "'toy_id' is no integer or number column")]
    [InlineData("domain: shop", "domain: shop\ncustomProperties:\n  - property: partitionColumn\n    value: day", 10, "is no required date or timestamp column")]
    [InlineData("domain: shop", "domain: shop\ncustomProperties:\n  - property: dependsOn\n    value: [nobody]", 10, "no contract has that domain")]
    [InlineData("        primaryKey: true", "        description: no key", 9, "no column has primaryKey: true")]
    [InlineData("required: true", "required: false", 11, "is part of the key; say required: true")]
    [InlineData("logicalType: number", "logicalType: array", 17, "logicalType 'array' with physicalType 'numeric(8,2)' is not implemented")]
    [InlineData("numeric(8,2)", "numeric(30,2)", 17, "expected 1 to 18 digits")]
    [InlineData("physicalType: numeric(8,2)", "physicalType: numeric(8,2)\n        logicalTypeOptions: {minimum: 5, maximum: 4}", 18, "no value is within the limits")]
    [InlineData("physicalType: numeric(8,2)", "physicalType: numeric(8,2)\n        logicalTypeOptions: {minimum: many}", 18, "minimum 'many' is no numeric(8,2)")]
    [InlineData("      - name: price", "      - name: toy_id", 15, "column 'toy_id' is declared twice")]
    [InlineData("required: true", "required: true\n        logicalTypeOptions: {pattern: '['}", 14, "is no ECMA-262 regular expression")]
    [InlineData("required: true", "required: true\n        relationships: [{to: parts.odcs.yaml#/schema/parts/properties/part_id}]", 14, "refers to shop.parts, which has no contract")]
    [InlineData("schema:", "schema: {", 9, "no valid YAML")]
    public void Load_OneFault_NamesItWithItsLine(string found, string replacement, int line, string message)
    {
        Write("toys", Contract.Replace(found, replacement, StringComparison.Ordinal));

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName]));

        var fault = Assert.Single(error.Errors);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(line, fault.Line);
    }

    [Fact]
    public void Load_DomainsThatDependOnEachOther_NamesTheCircle()
    {
        Write("toys", Contract.Replace("domain: shop", "domain: shop\ncustomProperties:\n  - property: dependsOn\n    value: [store]", StringComparison.Ordinal));
        Write("games", Contract.Replace("toys", "games", StringComparison.Ordinal)
            .Replace("domain: shop", "domain: store\ncustomProperties:\n  - property: dependsOn\n    value: [shop]", StringComparison.Ordinal));

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName]));

        Assert.Contains("shop -> store -> shop", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ReferenceToADomainNotDependedOn_AsksForTheDependency()
    {
        Write("toys", Contract);
        Write("games", Contract.Replace("toys", "games", StringComparison.Ordinal).Replace("domain: shop", "domain: store", StringComparison.Ordinal)
            .Replace("required: true", "required: true\n        relationships: [{to: ../Shop/toys.odcs.yaml#/schema/toys/properties/toy_id}]", StringComparison.Ordinal));

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName]));

        Assert.Contains("column 'toy_id': refers to domain 'shop'; add it to this domain's dependsOn.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DomainInTwoFolders_NamesBothAndTheRemedy()
    {
        Write("toys", Contract.Replace("domain: shop", "domain: sales", StringComparison.Ordinal));
        var builtIn = Path.Combine(AppContext.BaseDirectory, "Sources");

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([builtIn, _directory.FullName]));

        Assert.Equal(
            $"{Path.Combine(_directory.FullName, "toys.odcs.yaml")}: domain 'sales' is in {builtIn} already, and a domain is in one folder. "
            + "Give this one another name, or correct Sources:Directories.",
            Assert.Single(error.Errors).ToString());
    }

    [Fact]
    public void Load_FolderWithoutContracts_IsRefused()
    {
        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName]));

        Assert.Equal(
            $"{_directory.FullName}: there is no *.odcs.yaml in it or below. Add the contracts, or correct Sources:Directories.",
            Assert.Single(error.Errors).ToString());
    }

    [Fact]
    public void Load_ReferenceToADatasetWhoseRowsMayBeLate_AsksForTheHistory()
    {
        Write("toys", Contract.Replace("domain: shop", "domain: shop\ncustomProperties:\n  - property: lateRows\n    value: {days: 2}\n  - property: partitionColumn\n    value: day", StringComparison.Ordinal)
            + "\n      - name: day\n        logicalType: date\n        required: true\n");
        Write("games", Contract.Replace("toys", "games", StringComparison.Ordinal)
            .Replace("required: true", "required: true\n        relationships: [{to: toys.odcs.yaml#/schema/toys/properties/toy_id}]", StringComparison.Ordinal));

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName]));

        Assert.Contains("whose rows may come late (lateRows)", Assert.Single(error.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("    value: optional", true, "says that a manifest is required, and")]
    [InlineData("    value: optional\n  - property: optional\n    value: true", false, "nothing would tell that a partition has arrived")]
    public void Load_DomainWhoseArrivalNobodyCanTell_IsRefused(string properties, bool withAnother, string message)
    {
        var optional = Contract.Replace("domain: shop", $"domain: shop\ncustomProperties:\n  - property: manifest\n{properties}", StringComparison.Ordinal);
        Write("toys", optional);
        if (withAnother)
        {
            Write("games", Contract.Replace("toys", "games", StringComparison.Ordinal));
        }

        var error = Assert.Throws<ContractException>(() => ContractCatalog.Load([_directory.FullName]));

        Assert.Contains(message, Assert.Single(error.Errors).Message, StringComparison.Ordinal);
    }

    private void Write(string dataset, string yaml) => File.WriteAllText(Path.Combine(_directory.FullName, dataset + ContractCatalog.FileSuffix), yaml);
}
