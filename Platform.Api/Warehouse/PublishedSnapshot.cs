using System.Data;
using System.Globalization;
using Npgsql;

namespace Platform.Api.Warehouse;

/// <summary>A read-only view of one publication: what is read through it and <see cref="PublicationId"/> belong together.</summary>
internal sealed class PublishedSnapshot : IAsyncDisposable
{
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
    /// <param name="relations">Quoted names of all tables and views of <c>analytics</c> that will be read.</param>
    /// <param name="statementTimeout">Time that one statement may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PostgresException">A publisher is just replacing a relation (see <see cref="IsPublishing"/>).</exception>
    public static async Task<PublishedSnapshot> OpenAsync(
        NpgsqlDataSource dataSource, IEnumerable<string> relations, TimeSpan statementTimeout, CancellationToken cancellationToken)
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

            // None of the statements so far, nor this one, takes the snapshot; the select does.
            var names = string.Join(", ", relations);
            if (names.Length > 0)
            {
                // NOWAIT: who waits for one table while holding another can deadlock with the publisher, and one of the two would lose.
                Add($"lock table {names} in access share mode nowait");
            }

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

    /// <summary>Whether the error says that relations are being replaced at this moment; a little later they are there.</summary>
    public static bool IsPublishing(PostgresException exception) => exception.SqlState
        is PostgresErrorCodes.LockNotAvailable
        or PostgresErrorCodes.UndefinedTable
        or PostgresErrorCodes.InvalidSchemaName
        or PostgresErrorCodes.DeadlockDetected;

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
