using Microsoft.Extensions.Time.Testing;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Tests.Pipeline.Arrivals;

public sealed class FreshnessWatchTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_NewestLoadTooOld_OpensAnIncidentUntilANewerOneIsThere()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 7, 0, 0, 0, TimeSpan.Zero));
        pipeline.Clock = clock;
        var watch = new FreshnessWatch(Domains(TimeSpan.FromHours(30)), pipeline.Warehouse, pipeline.Incidents(), clock);
        await watch.CheckAsync(Token);
        await pipeline.EnterLoadAsync(new(2026, 1, 5));
        await watch.CheckAsync(Token);
        Assert.Empty(await pipeline.Incidents().LatestAsync(openOnly: false, 10, Token));

        clock.Advance(TimeSpan.FromHours(6.5));
        await watch.CheckAsync(Token);
        var open = Assert.Single(await pipeline.Incidents().LatestAsync(openOnly: true, 10, Token));
        Assert.Equal(("freshness", "a", "orders", new DateOnly(2026, 1, 5)), (open.Kind, open.Domain, open.Dataset, open.DataDate));
        Assert.Equal("a.orders: the newest loaded partition is 2026-01-05; its contract promises 30 hours at most after the end of its day.", open.Message);

        await pipeline.EnterLoadAsync(new(2026, 1, 6));
        await watch.CheckAsync(Token);
        Assert.Empty(await pipeline.Incidents().LatestAsync(openOnly: true, 10, Token));
    }

    private static Domain[] Domains(TimeSpan freshness) => [new Domain("a", [], [new DatasetContract
    {
        Domain = "a",
        Dataset = "orders",
        Version = "1",
        Description = "",
        Columns = [],
        Key = [],
        ControlSums = [],
        References = [],
        File = "orders.odcs.yaml",
        Sha256 = "",
        ServiceLevel = new() { Freshness = freshness },
    }])];
}
