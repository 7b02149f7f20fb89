using System.Diagnostics;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>Stop, restart and kill the real AppHost.</summary>
public sealed class AppHostLifecycleTests
{
    private const int Days = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Interrupt_WhenRunning_LeavesNoProcess_AndTheNextStartKeepsTheData()
    {
        await DataDay.SettledAsync(Cancellation);
        using var folder = TestFolder.Create();
        var start = new AppHostStart(folder.Path) { Days = Days };
        long lastLoad;
        SortedDictionary<string, string> content;
        await using (var first = await EmbeddedAppHost.StartAsync(start, Cancellation))
        {
            var platform = await first.ReadyAsync(Cancellation);
            content = await WarehouseContent.ReadAsync(platform.Warehouse, Cancellation);
            lastLoad = await WarehouseContent.LastLoadAsync(platform.Warehouse, Cancellation);
            var children = first.Children();
            Assert.Equal(["api", "azurite", "postgres", "worker"], children.Keys.Order());

            Assert.Equal(0, await first.InterruptAsync(Cancellation));

            Assert.DoesNotContain(children.Values, IsRunning);
            var stops = first.Output.Split('\n').Where(line => line.Contains("stopping", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]);
            Assert.Equal(["api", "worker", "azurite", "postgres"], stops);
        }

        await using var second = await EmbeddedAppHost.StartAsync(start, Cancellation);
        var again = await second.ReadyAsync(Cancellation);

        Assert.DoesNotContain("initdb", second.Output, StringComparison.Ordinal);
        Assert.Equal(lastLoad, await WarehouseContent.LastLoadAsync(again.Warehouse, Cancellation));
        Assert.Equal(content, await WarehouseContent.ReadAsync(again.Warehouse, Cancellation));
    }

    [Fact]
    public async Task Worker_KilledWhileLoading_IsNamed_AndTheNextStartCompletesWithTheSameContent()
    {
        await DataDay.SettledAsync(Cancellation);
        using var folder = TestFolder.Create();
        var start = new AppHostStart(folder.Path) { Days = Days };
        await using (var killed = await EmbeddedAppHost.StartAsync(start, Cancellation))
        {
            var warehouse = await killed.WarehouseAsync(Cancellation);
            while (!await WarehouseContent.HasLoadsAsync(warehouse, Cancellation))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
            }

            Kill(killed.Children()["worker"]);

            Assert.Equal(1, await killed.ExitCodeAsync(Cancellation));
            Assert.Contains("worker ended with exit code 137", killed.Output, StringComparison.Ordinal);
        }

        await using var resumed = await EmbeddedAppHost.StartAsync(start, Cancellation);
        var platform = await resumed.ReadyAsync(Cancellation);

        using var otherFolder = TestFolder.Create();
        await using var undisturbed = await EmbeddedAppHost.StartAsync(new AppHostStart(otherFolder.Path) { Days = Days }, Cancellation);
        var expected = await undisturbed.ReadyAsync(Cancellation);
        Assert.Equal(
            await WarehouseContent.ReadAsync(expected.Warehouse, Cancellation), await WarehouseContent.ReadAsync(platform.Warehouse, Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AppHost_Killed_LeavesNothingThatBlocksTheNextStart(bool fresh)
    {
        using var folder = TestFolder.Create();
        var start = new AppHostStart(folder.Path) { Days = 1 };
        await using (var killed = await EmbeddedAppHost.StartAsync(start, Cancellation))
        {
            await killed.WarehouseAsync(Cancellation);
            killed.Kill();
            await killed.ExitCodeAsync(Cancellation);
        }

        var another = Path.Combine(start.Data, "not-the-platforms.txt");
        await File.WriteAllTextAsync(another, "kept", Cancellation);

        await using var next = await EmbeddedAppHost.StartAsync(start with { Fresh = fresh }, Cancellation);
        await next.ReadyAsync(Cancellation);

        Assert.Equal(fresh, next.Output.Contains("initdb", StringComparison.Ordinal));
        Assert.Equal("kept", await File.ReadAllTextAsync(another, Cancellation));
    }

    private static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    private static bool IsRunning(int processId) => Directory.Exists($"/proc/{processId}");
}
