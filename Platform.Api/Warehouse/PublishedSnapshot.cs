using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Platform.Api.Warehouse;

/// <summary>A read-only view of one publication: what is read through it and <see cref="PublicationId"/> belong together.</summary>
internal sealed class PublishedSnapshot : IAsyncDisposable
{
    // A publish holds its locks for milliseconds.
    private static readonly TimeSpan PublishWait = TimeSpan.FromMilliseconds(10);

    private readonly NpgsqlTransaction transaction;

    private PublishedSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, long? publicationId)
    {
        Connection = connection;
        this.transaction = transaction;
        PublicationId = publicationId;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>The publication that is read; null before the first.</summary>
    public long? PublicationId { get; }

    /// <param name="dataSource">The warehouse.</param>
    /// <param name="relations">Quoted names of all tables and views of <c>analytics</c> that will be read; none to read <c>meta</c> only.</param>
    /// <param name="statementTimeout">Time that one statement may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PostgresException">
    /// A relation is not there (<see cref="PostgresErrorCodes.UndefinedTable"/>), or a publisher held its locks longer than a statement may take.
    /// </exception>
    public static async Task<PublishedSnapshot> OpenAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<string> relations, TimeSpan statementTimeout, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await TryOpenAsync(dataSource, relations, statementTimeout, cancellationToken);
            }
            catch (PostgresException exception)
                when (exception.SqlState == PostgresErrorCodes.LockNotAvailable && Stopwatch.GetElapsedTime(started) < statementTimeout)
            {
                await Task.Delay(PublishWait, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private static async Task<PublishedSnapshot> TryOpenAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<string> relations, TimeSpan statementTimeout, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            Add("set transaction read only");
            Add($"set local statement_timeout = {((long)statementTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}");
            Add("set local timezone = 'UTC'");
            Add("set local datestyle = 'ISO'");

            // None of the statements so far, nor this one, takes the snapshot; the select does. NOWAIT: who waits for one table while holding
            // another can deadlock with the publisher, and one of the two would lose.
            Add($"lock table {string.Join(", ", relations.Prepend("meta.publication"))} in access share mode nowait");

            Add("select publication_id from meta.publication where is_current");
            var id = await batch.ExecuteScalarAsync(cancellationToken);
            return new PublishedSnapshot(connection, transaction, (long?)id);

            void Add(string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
