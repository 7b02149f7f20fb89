using Npgsql;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Pipeline;

/// <summary>
/// The loads of data dates share it, a build has it alone. So a build never sees a date of which some domains are loaded already and
/// others not yet, whichever Worker loads it. A session that breaks frees it: what is done under it then ends, before others rely on its being free.
/// </summary>
internal sealed class FactsLock : IAsyncDisposable
{
    private const string Name = "platform.facts";

    private readonly AdvisoryLock _held;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _watch;

    private FactsLock(AdvisoryLock held)
    {
        _held = held;
        _watch = WatchAsync();
    }

    /// <summary>For the loads of one data date, first to last.</summary>
    public static async Task<FactsLock> SharedAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken) =>
        new(await AdvisoryLock.AcquireSharedAsync(warehouse, Name, cancellationToken));

    /// <summary>For a build. Loads that ask after it wait until it is done.</summary>
    public static async Task<FactsLock> ExclusiveAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken) =>
        new(await AdvisoryLock.AcquireAsync(warehouse, Name, cancellationToken));

    /// <summary>Does the work as long as the lock is held.</summary>
    /// <exception cref="FactsLockLostException">The lock's session broke; the work was ended.</exception>
    public async Task<T> WhileHeldAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lost.Token);
        try
        {
            return await work(held.Token);
        }
        catch (Exception) when (_lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new FactsLockLostException();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _watch;
        await _held.DisposeAsync();
        _released.Dispose();
        _lost.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (!_released.IsCancellationRequested)
            {
                await _held.Connection.WaitAsync(_released.Token);
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
        {
            await _lost.CancelAsync();
        }
    }
}

/// <summary>The session that held the lock on the facts broke, so another Worker may build or load now.</summary>
internal sealed class FactsLockLostException()
    : IOException("The PostgreSQL session that held this Worker's lock on the facts was lost.");
