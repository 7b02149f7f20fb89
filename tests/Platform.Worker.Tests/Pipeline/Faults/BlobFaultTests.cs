using Platform.Testing;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline.Faults;

/// <summary>Blob storage that fails while dates are run: the run waits it out, or fails as infrastructure and is done by the next.</summary>
public sealed class BlobFaultTests(EmbeddedServers servers)
{
    private const string Range = "backfill --from 2026-01-29 --to 2026-01-30";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Down")]
    [InlineData("Slow")]
    [InlineData("Busy")]
    [InlineData("NotFound")]
    public async Task Run_StoreFailsForAWhile_EndsWithTheContentOfAnUndisturbedRun(string fault)
    {
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await using var disturbed = await TestSystem.CreateAsync(servers);
        await undisturbed.RunAsync(Range);
        var settings = disturbed.Settings();
        await using var proxy = new BlobProxy(settings["ConnectionStrings__landing"]);
        settings["ConnectionStrings__landing"] = proxy.ConnectionString;
        settings["Pipeline__RetryDelay"] = "00:00:00.2";

        await proxy.SetAsync(Enum.Parse<BlobFault>(fault));
        await using var worker = WorkerProcess.Start(Range.Split(' '), settings);
        if (fault == "Slow")
        {
            await TestWorker.UntilAsync(() => disturbed.HoldsAsync("exists (select from meta.task_run where task = 'etl_sales' and state in ('running', 'success'))"));
        }
        else
        {
            await TestWorker.UntilAsync(() => disturbed.HoldsAsync("exists (select from meta.task_attempt where state = 'failed' and error_class = 'infrastructure')"));
            Assert.True(proxy.Refused > 0);
            await proxy.SetAsync(BlobFault.None);
        }
        var code = await worker.WaitAsync(Token);

        Assert.True(code == 0, worker.Output + worker.Error);
        Assert.Equal(await undisturbed.ContentAsync(), await disturbed.ContentAsync());
        await KillSoakTests.AssertNothingIsLeftAsync(disturbed);
    }

    [Fact]
    public async Task Run_StoreStaysDown_FailsAsInfrastructureAndLeavesEverythingAsItWas()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("run --date 2026-01-29");
        var before = await system.ContentAsync();
        var settings = system.Settings();
        await using var proxy = new BlobProxy(settings["ConnectionStrings__landing"]);
        settings["ConnectionStrings__landing"] = proxy.ConnectionString;
        settings["Pipeline__MaxRetries"] = "1";
        settings["Pipeline__RetryDelay"] = "00:00:00.1";
        await proxy.SetAsync(BlobFault.Busy);

        var (code, _, error) = await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token);

        Assert.True(code == 3, error);
        Assert.True(await system.HoldsAsync("(select error_class = 'infrastructure' and state = 'failed' from meta.pipeline_run where data_date = '2026-01-30')"));
        Assert.True(await system.HoldsAsync("(select count(*) from meta.task_attempt where data_date = '2026-01-30') = 2"));
        Assert.Equal(before, await system.ContentAsync());
    }
}
