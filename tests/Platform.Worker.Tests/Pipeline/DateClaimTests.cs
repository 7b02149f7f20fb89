using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline;

public sealed class DateClaimTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAcquire_SomeHeldElsewhere_ClaimsTheRest()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);
        await using var first = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day, Day.AddDays(1)], Token);
        await using var second = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day.AddDays(1), Day.AddDays(2)], Token);
        await using var none = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day], Token);
        await using var other = await DateClaim.TryAcquireAsync(database.DataSource, "another pipeline", [Day], Token);

        Assert.Equal([Day, Day.AddDays(1)], first!.Dates);
        Assert.Equal([Day.AddDays(2)], second!.Dates);
        Assert.Null(none);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task Dispose_GivesTheDatesUpAtOnce()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);
        var first = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day], Token);
        var waiting = DateClaim.WaitUntilFreeAsync(database.DataSource, "p", Day, Token);

        await first!.DisposeAsync();
        await waiting;

        Assert.False(first.Lost.IsCancellationRequested);
        await using var second = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day], Token);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task SessionEnds_TheClaimIsLostAndFree()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);
        await using var claim = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day], Token);
        var lost = new TaskCompletionSource();
        using var registration = claim!.Lost.Register(lost.SetResult);

        await using (var command = database.DataSource.CreateCommand(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        await lost.Task.WaitAsync(Token);
        await using var next = await DateClaim.TryAcquireAsync(database.DataSource, "p", [Day], Token);
        Assert.NotNull(next);
    }
}
