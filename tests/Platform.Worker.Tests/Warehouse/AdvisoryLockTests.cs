using Npgsql;
using Platform.Testing;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Warehouse;

public sealed class AdvisoryLockTests(EmbeddedServers servers)
{
    [Fact]
    public async Task TryAcquire_HeldElsewhere_IsNullUntilReleased()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var held = await AdvisoryLock.AcquireAsync(database.DataSource, "a", TestContext.Current.CancellationToken);

        Assert.Null(await AdvisoryLock.TryAcquireAsync(database.DataSource, "a", TestContext.Current.CancellationToken));
        await using var other = await AdvisoryLock.TryAcquireAsync(database.DataSource, "b", TestContext.Current.CancellationToken);
        Assert.NotNull(other);

        await held.DisposeAsync();
        await using var again = await AdvisoryLock.TryAcquireAsync(database.DataSource, "a", TestContext.Current.CancellationToken);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Holder_SessionKilled_FreesTheLockAndDisposesQuietly()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var held = await AdvisoryLock.AcquireAsync(database.DataSource, "a", TestContext.Current.CancellationToken);
        await using (var kill = database.DataSource.CreateCommand("select pg_terminate_backend($1, 5000)"))
        {
            kill.Parameters.Add(new NpgsqlParameter<int> { TypedValue = held.Connection.ProcessID });
            await kill.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var again = await AdvisoryLock.TryAcquireAsync(database.DataSource, "a", TestContext.Current.CancellationToken);

        Assert.NotNull(again);
        await held.DisposeAsync();
    }
}
