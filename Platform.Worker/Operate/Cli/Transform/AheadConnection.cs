using Npgsql;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>
/// Opens the first connection of a verb while its project is still parsed, asks for the relations once, so that the server has its catalogue at hand
/// and this process the types, and leaves it to the pool. What goes wrong with it is not told here: the verb connects again and says so, unless the
/// project is at fault, which comes first.
/// </summary>
internal sealed class AheadConnection : IAsyncDisposable
{
    /// <summary>How long a verb that is over waits for an attempt to connect, which cannot be given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();
    private readonly Task _opening;

    // On a thread of its own, as the answers of the server need one of the pool's few to arrive.
    private AheadConnection(VerbConnection connection) => _opening = Task.Factory.StartNew(
        () => Open(connection, _ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <returns>Null for a verb that may do without the warehouse.</returns>
    public static AheadConnection? Open(VerbConnection connection, TransformVerb verb) =>
        verb is TransformVerb.Parse or TransformVerb.List or TransformVerb.Debug or TransformVerb.Clean or TransformVerb.Deps
            ? null
            : new AheadConnection(connection);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAny(_opening, Task.Delay(Patience));
    }

    private static void Open(VerbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var session = PostgresSession.Open(
                connection.DataSource, connection.Target?.ApplicationName ?? TransformEngine.PlainApplicationName, cancellationToken);
            WarehouseCatalog.Relations(session, "", [connection.Target?.Schema ?? connection.Options.Schema]);
        }
        catch (Exception fault) when (fault is NpgsqlException or SqlException or OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            // The verb's own connection tells.
        }
    }
}
