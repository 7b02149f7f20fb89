using Npgsql;
using Platform.Worker.Transform;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>
/// Opens the first connection of a verb while its project is still parsed, and leaves it to the pool. What goes wrong with it is not told here:
/// the verb connects again and says so, unless the project is at fault, which comes first.
/// </summary>
internal sealed class AheadConnection : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _opening;

    private AheadConnection(NpgsqlDataSource dataSource) => _opening = Task.Run(() => OpenAsync(dataSource, _ended.Token));

    /// <returns>Null for a verb that may do without the warehouse.</returns>
    public static AheadConnection? Open(NpgsqlDataSource dataSource, TransformVerb verb) =>
        verb is TransformVerb.Parse or TransformVerb.List or TransformVerb.Debug or TransformVerb.Clean or TransformVerb.Deps
            ? null
            : new AheadConnection(dataSource);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _opening;
        _ended.Dispose();
    }

    private static async Task OpenAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            // The verb's own connection tells.
        }
    }
}
