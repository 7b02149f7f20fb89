using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Sources;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Tests.Sources;

public sealed class MockDataTests(EmbeddedServers servers)
{
    private static readonly DateOnly Date = new(2026, 2, 27);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_LandsTheThreeDomains_WithTheirManifests()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);
        var options = new GeneratorOptions { OrdersPerDay = 30 };

        var generated = await MockData(container, options).GenerateAsync(Date, Cancellation);

        Assert.Equal(["sales", "operations", "finance"], generated.Select(partition => partition.Domain));
        var reader = new PartitionReader(container.Client);
        foreach (var partition in generated)
        {
            var manifest = await reader.ReadManifestAsync(partition.Domain, Date, needsManifest: true, Cancellation);
            Assert.Equal((42, Worker.Sources.MockData.Version), (manifest.Generator!.Seed, manifest.Generator.Version));
            Assert.Equal(partition.Rows, manifest.Files.Sum(file => file.Rows));
            foreach (var file in manifest.Files)
            {
                await using var content = await reader.OpenAsync(manifest, file, read: null, Cancellation);
                using var copy = new MemoryStream();
                await content.CopyToAsync(copy, Cancellation);
                var inMemory = await GeneratedFile.CreateAsync(new Company(options), GeneratedFile.Dataset(file.Dataset), Date);
                Assert.Equal(inMemory.Content, copy.ToArray());
                Assert.Equal(CsvText.Parse(copy.ToArray()).Rows.Count, file.Rows);
            }
        }
    }

    [Fact]
    public async Task GenerateAsync_Again_LandsTheSameManifests()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);

        var first = await MockData(container, new GeneratorOptions { OrdersPerDay = 30 }).GenerateAsync(Date, Cancellation);
        var second = await MockData(container, new GeneratorOptions { OrdersPerDay = 30 }).GenerateAsync(Date, Cancellation);

        Assert.Equal(first.Select(partition => partition.Manifest.ToJson()), second.Select(partition => partition.Manifest.ToJson()));
    }

    [Fact]
    public async Task GenerateAsync_PartitionOfASupplier_StaysAsItIs()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);
        var partition = await new LandingZone(container.Client).StartPartitionAsync("finance", Date, generator: null, Cancellation);
        await using (var file = partition.StartFile("fx_rates", ["rate_date", "currency", "rate_to_eur"], []))
        {
            await file.CompleteAsync(Cancellation);
        }

        var delivered = await partition.CompleteAsync(Cancellation);
        var generated = await MockData(container, new GeneratorOptions { OrdersPerDay = 30 }).GenerateAsync(Date, Cancellation);

        Assert.Equal(["sales", "operations"], generated.Select(other => other.Domain));
        var manifest = await new PartitionReader(container.Client).ReadManifestAsync("finance", Date, needsManifest: true, Cancellation);
        Assert.Equal(delivered.ToJson(), manifest.ToJson());
    }

    [Fact]
    public async Task GenerateAsync_SomeDomainsOnly_LeavesTheOthersToTheirSuppliers()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);

        var generated = await MockData(container, new GeneratorOptions { OrdersPerDay = 30, Domains = ["finance", "sales"] }).GenerateAsync(Date, Cancellation);

        Assert.Equal(["sales", "finance"], generated.Select(partition => partition.Domain));
        Assert.Null(await new PartitionReader(container.Client).FindManifestAsync("operations", Date, Cancellation));
    }

    [Fact]
    public async Task GenerateAsync_ASupplierIsAboutToLandThePartition_LeavesItsFilesAlone()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);
        var file = container.Client.GetBlobClient(LandingPath.For("finance", Date, "fx_rates"));
        await file.UploadAsync(new BinaryData("rate_date,currency,rate_to_eur\n"), Cancellation);

        var generated = await MockData(container, new GeneratorOptions { OrdersPerDay = 30 }).GenerateAsync(Date, Cancellation);

        Assert.Equal(["sales", "operations"], generated.Select(partition => partition.Domain));
        Assert.Equal("rate_date,currency,rate_to_eur\n", (await file.DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    [Fact]
    public async Task GenerateAsync_ControlSums_AreThoseOfTheRows()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);
        var options = new GeneratorOptions { OrdersPerDay = 30 };

        var generated = await MockData(container, options).GenerateAsync(Date, Cancellation);

        foreach (var file in generated.SelectMany(partition => partition.Manifest.Files))
        {
            var inMemory = await GeneratedFile.CreateAsync(new Company(options), GeneratedFile.Dataset(file.Dataset), Date);
            Assert.All(file.ControlSums, sum => Assert.Equal(
                inMemory.Csv.Rows.Sum(row => row.Amount(sum.Key)),
                decimal.Parse(sum.Value, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task GenerateAsync_WithDefects_SaysHowManyOfEachKind()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);

        var generated = await MockData(container, new GeneratorOptions { OrdersPerDay = 30, DefectRate = 0.2 }).GenerateAsync(Date, Cancellation);

        var orders = generated[0].Datasets.Single(dataset => dataset.Dataset == "order_lines");
        Assert.Equal(8, orders.Defects.Count);
        Assert.InRange(orders.Defects.Values.Sum(), 1, orders.Rows / 3);
        Assert.Equal(generated[0].Datasets.Sum(dataset => dataset.Defects.Values.Sum()), generated[0].Defects.Values.Sum());
        Assert.Superset(orders.Defects.Keys.ToHashSet(), generated[0].Defects.Keys.ToHashSet());
    }

    [Fact]
    public async Task GenerateAsync_BeforeTheOpening_SaysWhenItWas()
    {
        await using var container = await servers.CreateContainerAsync(Cancellation);

        var error = await Assert.ThrowsAsync<ConfigurationFaultException>(
            () => MockData(container, new GeneratorOptions()).GenerateAsync(new DateOnly(2023, 12, 31), Cancellation));

        Assert.Equal("There is no mock data for 2023-12-31: the business opened on 2024-01-01. Choose a later date.", error.Message);
    }

    [Fact]
    public async Task FirstDaysOfBusiness_HaveNothingFromBefore()
    {
        var company = new Company(new GeneratorOptions { OrdersPerDay = 50 });

        var payments = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("payments"), Season.Opening);
        var returns = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("returns"), Season.Opening);
        var movements = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("inventory_movements"), Season.Opening);

        Assert.All(payments.Csv.Rows, row => Assert.Equal(Season.Opening, row.Date("order_date")));
        Assert.Empty(returns.Csv.Rows);
        Assert.All(movements.Csv.Rows, row => Assert.True(row.Integer("on_hand_after") >= 0));
    }

    [Fact]
    public async Task OneOrderADay_IsEnoughForAllFiles()
    {
        var company = new Company(new GeneratorOptions { OrdersPerDay = 1 });
        foreach (var dataset in DomainGenerator.All.SelectMany(domain => domain.Datasets))
        {
            var file = await GeneratedFile.CreateAsync(company, dataset, Date);
            Assert.Equal(dataset.Columns, file.Csv.Header);
        }
    }

    /// <summary>The largest scale: a day of a hundred thousand orders, of which the totals tie out all the same.</summary>
    [Fact]
    public async Task AHundredThousandOrdersADay_TieOut()
    {
        var company = new Company(new GeneratorOptions { OrdersPerDay = 100_000 });
        var day = new BusinessDay(company, Date);

        var orders = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("orders"), Date, day);
        var lines = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("order_lines"), Date, day);
        var journals = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("journal_lines"), Date, day);
        var shipments = await GeneratedFile.CreateAsync(company, GeneratedFile.Dataset("shipments"), Date, day);

        Assert.InRange(orders.Manifest.Rows, 70_000, 150_000);
        Assert.InRange(shipments.Manifest.Rows, orders.Manifest.Rows, 3 * orders.Manifest.Rows);
        Assert.Equal(orders.Manifest.ControlSums["net_amount"], lines.Manifest.ControlSums["net_amount"]);
        Assert.Equal(orders.Manifest.ControlSums["tax_amount"], lines.Manifest.ControlSums["tax_amount"]);
        Assert.Equal(journals.Manifest.ControlSums["debit"], journals.Manifest.ControlSums["credit"]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100_001, 0)]
    [InlineData(300, -0.1)]
    [InlineData(300, 0.6)]
    public void Options_OutOfRange_AreRefused(int ordersPerDay, double defectRate)
    {
        var options = new GeneratorOptions { OrdersPerDay = ordersPerDay, DefectRate = defectRate };

        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true));
    }

    private static MockData MockData(TestContainer container, GeneratorOptions options) =>
        new(new LandingZone(container.Client), new PartitionArrivals(container.Client, new PartitionReader(container.Client)), Options.Create(options), NullLogger<MockData>.Instance);
}
