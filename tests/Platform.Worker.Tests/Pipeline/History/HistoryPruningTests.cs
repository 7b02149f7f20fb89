using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Platform.Testing;
using Platform.Worker.Pipeline.History;
using Platform.Worker.Pipeline.Logs;

namespace Platform.Worker.Tests.Pipeline.History;

public sealed class HistoryPruningTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prune_DropsOldMonthsAndAttempts_KeepsTheLastAttemptAndTheLastSuccess()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero));
        pipeline.Clock = clock;
        await PruneAsync();
        await LogAsync(1, "january");
        await pipeline.RunAsync([Day]);
        await pipeline.RunAsync([Day], again: true);
        pipeline.Work = (_, _, _) => throw new DataFaultException("bad");
        await pipeline.RunAsync([Day], again: true);
        await pipeline.Backfills().RequestAsync(new(new(Day.AddDays(1), Day.AddDays(2))), "x", Token);
        await pipeline.Control().CancelAsync(new(Day, Day.AddDays(9)), "x", null, Token);
        clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal(new Pruned(0, 0, 0, 0), await PruneAsync());
        clock.Advance(TimeSpan.FromDays(16));
        var inFebruary = await PruneAsync();
        clock.Advance(TimeSpan.FromDays(24));
        await LogAsync(2, "march");
        var inMarch = await PruneAsync();

        // A month goes when all of it is old.
        Assert.Equal((0, 1L), (inFebruary.Partitions, inFebruary.Backfills));
        Assert.Equal((1, 0L), (inMarch.Partitions, inMarch.Attempts));
        Assert.Equal(["march"], await pipeline.QueryAsync("select message from meta.task_log"));
        // generate: success, success, failed; the others: success, success.
        Assert.Equal(
            ["build success 1", "generate failed 1", "generate success 1", "load_a success 1", "load_b success 1"],
            await pipeline.QueryAsync("select task, state, count(*) from meta.task_attempt group by task, state order by task, state"));
        Assert.Equal(3, (await pipeline.RunsAsync()).Length);
        Assert.Equal(
            ["task_log_202602", "task_log_202603", "task_log_202604", "task_log_rest"],
            await pipeline.QueryAsync("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'meta.task_log'::regclass order by 1"));

        Task<Pruned> PruneAsync() => new HistoryPruning(
            pipeline.Warehouse, pipeline.Statements(), Microsoft.Extensions.Options.Options.Create(pipeline.Options), clock, NullLogger<HistoryPruning>.Instance).RunAsync(Token);

        async Task LogAsync(long key, string message)
        {
            var log = new TaskLogs(pipeline.Warehouse, clock).Begin(key);
            log.Add(Microsoft.Extensions.Logging.LogLevel.Information, message);
            await log.DisposeAsync();
        }
    }
}
