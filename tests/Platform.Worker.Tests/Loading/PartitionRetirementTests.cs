using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;

namespace Platform.Worker.Tests.Loading;

public sealed class PartitionRetirementTests(EmbeddedServers servers) : IDisposable
{
    private readonly DirectoryInfo _contracts = Directory.CreateTempSubdirectory("retention");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _contracts.Delete(recursive: true);

    [Theory]
    [InlineData("none")]
    [InlineData("day")]
    public async Task Retire_OlderThanTheContractKeeps_RemovesFilesFactsAndQuarantineAndRecordsIt(string partitioning)
    {
        await WriteContractAsync(partitioning);
        await using var shop = await Shop.OpenAsync(servers);
        foreach (var day in (int[])[24, 25, 30])
        {
            await shop.LandAsync(Day(day), ("visits", Shop.Csv("visit_id,visited_on,spent", $"a,2026-01-{day},1.00", $"b,2026-01-{day},much")));
            await shop.Loader(_contracts.FullName).LoadAsync(Shop.Domain, Day(day), Token);
        }

        var retirement = new PartitionRetirement(
            ContractCatalog.Load([_contracts.FullName]), new LandingZone(shop.Landing), shop.Database.DataSource, TimeProvider.System);
        var due = Assert.Single(await retirement.DueAsync(Token));
        Assert.Equal(("visits", Day(24)), (due.Dataset, due.DataDate));
        var retired = await retirement.RetireAsync(due, "ann", Token);

        Assert.Equal((1, 1, 1), (retired.FactRows, retired.QuarantinedRows, retired.Files));
        Assert.Empty(await retirement.DueAsync(Token));
        Assert.Equal(["2026-01-25", "2026-01-30"], await shop.QueryAsync("select _partition from shop.visits order by 1"));
        Assert.Equal(["2026-01-25", "2026-01-30"], await shop.QueryAsync("select partition from meta.quarantine order by 1"));
        Assert.Equal(["2026-01-24|5|1|1|1"], await shop.QueryAsync("select data_date, retention_days, fact_rows, quarantined_rows, files from meta.retired_partition"));
        Assert.Equal(["2026-01-24|False"], await shop.QueryAsync("select partition, current from meta.partition_load where partition < '2026-01-25'"));
        Assert.Equal(["ann|partition.retire|shop.visits 2026-01-24|1"], await shop.QueryAsync("select who, action, subject, detail ->> 'fact_rows' from meta.audit"));
        var left = new List<string>();
        await foreach (var blob in shop.Landing.GetBlobsAsync(cancellationToken: Token))
        {
            left.Add(blob.Name);
        }

        Assert.Equal(
            ["shop/20260125/_manifest.json", "shop/20260125/visits.csv", "shop/20260130/_manifest.json", "shop/20260130/visits.csv"],
            left.Order(StringComparer.Ordinal));
    }

    private static DateOnly Day(int day) => new(2026, 1, day);

    private async Task WriteContractAsync(string partitioning)
    {
        var contract = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Loading", "Late", "visits.odcs.yaml"), Token);
        await File.WriteAllTextAsync(
            Path.Combine(_contracts.FullName, "visits.odcs.yaml"),
            contract.Replace("value: none", $"value: {partitioning}", StringComparison.Ordinal)
                .Replace("domain: shop", "domain: shop\nslaProperties:\n  - {property: retention, value: 5, unit: d}", StringComparison.Ordinal),
            Token);
    }
}
