using Platform.AppHost.Embedded.Servers;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Servers;

public sealed class PostgresServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_ServerLeftRunning_StopsItAndKeepsTheData()
    {
        using var folder = TestFolder.Create();
        var options = await OptionsAsync(folder);
        await using var leftOver = await PostgresServer.StartAsync(options, Cancellation);
        await leftOver.EnsureOwnerAsync("owner", "p", Cancellation);
        await leftOver.EnsureDatabaseAsync("kept", "owner", Cancellation);

        await using var next = await PostgresServer.StartAsync(options with { Port = LoopbackPort.Free() }, Cancellation);

        Assert.True(leftOver.Process.HasExited);
        await next.ExecuteAsync(Cancellation, "ALTER DATABASE kept OWNER TO postgres");
    }

    [Fact]
    public async Task StartAsync_PidFileNamesAnotherProcess_StartsAndLeavesThatProcessAlone()
    {
        using var folder = TestFolder.Create();
        var options = await OptionsAsync(folder);
        string pidFile;
        await using (var first = await PostgresServer.StartAsync(options, Cancellation))
        {
            pidFile = await File.ReadAllTextAsync(Path.Combine(options.Folder, "postmaster.pid"), Cancellation);
        }

        await using var other = await ChildProcess.StartAsync(new ChildProcessStart("other", "sleep", ["60"]), Cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(options.Folder, "postmaster.pid"), other.Id + pidFile[pidFile.IndexOf('\n', StringComparison.Ordinal)..], Cancellation);
        await using var next = await PostgresServer.StartAsync(options, Cancellation);

        Assert.False(other.HasExited);
    }

    [Fact]
    public async Task StartAsync_DataOfAnotherVersion_SaysSo()
    {
        using var folder = TestFolder.Create();
        var options = await OptionsAsync(folder);
        Directory.CreateDirectory(options.Folder);
        await File.WriteAllTextAsync(Path.Combine(options.Folder, "PG_VERSION"), "9\n", Cancellation);

        var failure = await Assert.ThrowsAsync<ServerException>(() => PostgresServer.StartAsync(options, Cancellation));

        Assert.Contains("was made by PostgreSQL 9", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_ServerCannotStart_ReportsItsLastLines()
    {
        using var folder = TestFolder.Create();
        var options = await OptionsAsync(folder) with { Settings = new Dictionary<string, string> { ["shared_buffers"] = "a few" } };

        var failure = await Assert.ThrowsAsync<ServerException>(() => PostgresServer.StartAsync(options, Cancellation));

        Assert.Contains("invalid value for parameter \"shared_buffers\"", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<PostgresServerOptions> OptionsAsync(TestFolder folder)
    {
        var packages = await ServerPackages.InstallAsync(PlatformFolder.Default, static _ => { }, Cancellation);
        return new PostgresServerOptions(
            await PostgresBinaries.FindAsync(packages, Cancellation), Path.Combine(folder.Path, "postgres"), LoopbackPort.Free(), Secret.Password());
    }
}
