using Platform.AppHost.Embedded.Servers;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Servers;

public sealed class FileLockTests
{
    [Fact]
    public async Task AcquireAsync_HeldElsewhere_SaysThatItWaits_AndGetsItWhenItIsFree()
    {
        using var folder = TestFolder.Create();
        var path = Path.Combine(folder.Path, "file");
        var held = FileLock.TryAcquire(path);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Assert.Null(FileLock.TryAcquire(path));
        var second = FileLock.AcquireAsync(path, waiting.SetResult, TestContext.Current.CancellationToken);
        await waiting.Task;
        Assert.False(second.IsCompleted);
        held!.Dispose();

        using var acquired = await second;
        Assert.Null(FileLock.TryAcquire(path));
    }
}
