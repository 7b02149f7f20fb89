using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Sources;

namespace Platform.Worker.Tests.Loading;

/// <summary>The built-in contracts against the built-in generator.</summary>
public sealed class GeneratedDataTests(EmbeddedServers servers)
{
    private static readonly DateOnly Date = new(2026, 1, 31);

    [Fact]
    public async Task Load_GeneratedPartitions_LoadEveryRow()
    {
        await using var shop = await Shop.OpenAsync(servers);

        foreach (var generated in await GenerateAsync(shop, defectRate: 0))
        {
            var load = await shop.Loader(Shop.BuiltInContracts).LoadAsync(generated.Domain, Date, TestContext.Current.CancellationToken);

            Assert.Equal((generated.Rows, 0), (load.LoadedRows, load.QuarantinedRows));
        }
    }

    [Fact]
    public async Task Load_GeneratedDefects_QuarantinesExactlyThoseByRule()
    {
        await using var shop = await Shop.OpenAsync(servers);

        var partitions = await GenerateAsync(shop, defectRate: 0.2);
        foreach (var generated in partitions)
        {
            await shop.Loader(Shop.BuiltInContracts).LoadAsync(generated.Domain, Date, TestContext.Current.CancellationToken);
        }

        string[] expected =
        [
            .. partitions.SelectMany(partition => partition.Datasets.SelectMany(dataset => dataset.Defects.Select(defect =>
                $"{partition.Domain}.{dataset.Dataset} {defect.Key} {defect.Value}"))).Order(StringComparer.Ordinal),
        ];
        var found = await shop.QueryAsync("select domain || '.' || dataset || ' ' || rule || ' ' || count(*) from meta.quarantine group by domain, dataset, rule");
        Assert.True(expected.Length > 50);
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }

    /// <summary>In dependency order.</summary>
    private static async Task<IReadOnlyList<GeneratedPartition>> GenerateAsync(Shop shop, double defectRate)
    {
        var data = new MockData(
            new LandingZone(shop.Landing),
            new PartitionArrivals(shop.Landing, new PartitionReader(shop.Landing)),
            Options.Create(new GeneratorOptions { OrdersPerDay = 200, DefectRate = defectRate }),
            NullLogger<MockData>.Instance);
        var partitions = await data.GenerateAsync(Date, TestContext.Current.CancellationToken);
        return [.. partitions.OrderBy(partition => Array.IndexOf(["sales", "operations", "finance"], partition.Domain))];
    }
}
