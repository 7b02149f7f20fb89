using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Landing;
using Platform.Worker.Sources;
using Platform.Worker.Tests.Loading;

namespace Platform.Worker.Tests.Sources;

/// <summary>What is wrong in a generated file stays out of the fact tables, and nothing else does.</summary>
public sealed class GeneratedLoadTests(EmbeddedServers servers)
{
    private static readonly DateOnly Date = new(2026, 3, 2);

    [Fact]
    public async Task Load_OfDefectivePartitions_LeavesTheFactsOfCleanOnes()
    {
        await using var clean = await Shop.OpenAsync(servers);
        await using var spoilt = await Shop.OpenAsync(servers);

        var generated = await GenerateAndLoadAsync(clean, defectRate: 0);
        await GenerateAndLoadAsync(spoilt, defectRate: 0.3);

        foreach (var partition in generated)
        {
            foreach (var dataset in partition.Datasets)
            {
                var facts = $"select (to_jsonb(f) - '_load' - '_line')::text collate \"C\" from {partition.Domain}.{dataset.Dataset} f order by 1";
                var expected = await clean.QueryAsync(facts);
                Assert.NotEmpty(expected);
                Assert.Equal(expected, await spoilt.QueryAsync(facts));
            }
        }
    }

    private static async Task<IReadOnlyList<GeneratedPartition>> GenerateAndLoadAsync(Shop shop, double defectRate)
    {
        var options = Options.Create(new GeneratorOptions { OrdersPerDay = 60, DefectRate = defectRate });
        var generated = await new MockData(new LandingZone(shop.Landing), new PartitionArrivals(shop.Landing, new PartitionReader(shop.Landing)), options, NullLogger<MockData>.Instance)
            .GenerateAsync(Date, TestContext.Current.CancellationToken);
        var loader = shop.Loader(Shop.BuiltInContracts);
        foreach (var partition in generated)
        {
            await loader.LoadAsync(partition.Domain, Date, TestContext.Current.CancellationToken);
        }

        return generated;
    }
}
