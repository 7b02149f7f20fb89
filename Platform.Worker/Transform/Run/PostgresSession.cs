using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// One connection of a build. Statements whose rows nobody asks for are queued and travel together with the next one that is read, or at
/// the end of the node: begin, create, rename and commit cost one round trip. Calls are synchronous because macros are; each session
/// belongs to one thread of its own.
/// </summary>
internal sealed class PostgresSession : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly CancellationToken _cancellationToken;
    private readonly List<(SqlStatement Statement, string Source, QueuedStatement? Handle)> _queue = [];
    private bool _failed;

    public PostgresSession(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        _connection = connection;
        _cancellationToken = cancellationToken;
    }

    public NpgsqlConnection Connection => _connection;

    /// <summary>True between begin and commit, also while both are still queued.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>Opens a session that ends its own query soon after its client has died, and whose name tells the next build whose it is.</summary>
    public static PostgresSession Open(NpgsqlDataSource dataSource, string applicationName, CancellationToken cancellationToken)
    {
        var connection = dataSource.OpenConnection();
        try
        {
            var session = new PostgresSession(connection, cancellationToken);
            session.Query(
                $"""
                select set_config('application_name', {Warehouse.Sql.Literal(applicationName)}, false),
                       set_config('client_min_messages', 'error', false),
                       set_config('jit', 'off', false),
                       set_config('client_connection_check_interval', '1s', false)
                """);
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Begin()
    {
        if (!InTransaction)
        {
            Queue("begin");
            InTransaction = true;
        }
    }

    public void Commit()
    {
        if (InTransaction)
        {
            Queue("commit");
            InTransaction = false;
        }
    }

    /// <summary>Adds statements to what is sent next.</summary>
    public QueuedStatement Queue(string sql)
    {
        var handle = new QueuedStatement(this);
        var statements = SqlStatements.Split(sql);
        for (var index = 0; index < statements.Count; index++)
        {
            _queue.Add((statements[index], sql, index == statements.Count - 1 ? handle : null));
        }

        return handle;
    }

    /// <summary>Runs everything queued and then this; the rows are those of its last statement.</summary>
    public QueryResult Query(string sql)
    {
        var handle = Queue(sql);
        Flush(fetch: true);
        return handle.Result;
    }

    public void Execute(string sql)
    {
        Queue(sql);
        Flush();
    }

    public void Flush() => Flush(fetch: false);

    /// <summary>Leaves an open or failed transaction and forgets what was queued.</summary>
    public void Rollback()
    {
        _queue.Clear();
        if ((InTransaction || _failed) && _connection.FullState is System.Data.ConnectionState.Open)
        {
            using var command = new NpgsqlCommand("rollback", _connection);
            command.ExecuteNonQuery();
        }

        (InTransaction, _failed) = (false, false);
    }

    public void Dispose() => _connection.Dispose();

    private void Flush(bool fetch)
    {
        if (_queue.Count == 0)
        {
            return;
        }

        _cancellationToken.ThrowIfCancellationRequested();
        var sent = _queue.ToArray();
        _queue.Clear();
        using var batch = new NpgsqlBatch(_connection) { Timeout = 0 };
        foreach (var (statement, _, _) in sent)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement.Text));
        }

        // A batch that fails between its begin and its commit leaves the server in a failed transaction.
        _failed = true;
        using var cancellation = _cancellationToken.Register(static state => ((NpgsqlBatch)state!).Cancel(), batch);
        try
        {
            using var reader = batch.ExecuteReader();
            var rows = QueryResult.Empty;
            do
            {
                rows = fetch && reader.FieldCount > 0 ? Read(reader) : QueryResult.Empty;
            }
            while (reader.NextResult());
            reader.Close();
            for (var index = 0; index < sent.Length; index++)
            {
                var command = batch.BatchCommands[index];
                var result = index == sent.Length - 1 ? rows : QueryResult.Empty;
                sent[index].Handle?.Complete(result with { Tag = Tag(command), RowsAffected = (long)command.Rows });
            }

            _failed = false;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.QueryCanceled && _cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The build was cancelled.", fault, _cancellationToken);
        }
        catch (PostgresException fault) when (!Outage.Is(fault))
        {
            var failed = sent[BatchFault.FailedIndex(batch)];
            throw new SqlException(failed.Source, failed.Statement.Offset, fault);
        }
    }

    private static QueryResult Read(NpgsqlDataReader reader)
    {
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var types = Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeName).ToArray();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[columns.Length];
            for (var index = 0; index < row.Length; index++)
            {
                row[index] = reader.IsDBNull(index) ? null : reader.GetValue(index);
            }

            rows.Add(row);
        }

        return new QueryResult(columns, types, rows, "", 0);
    }

    private static string Tag(NpgsqlBatchCommand command) => command.StatementType switch
    {
        StatementType.Select or StatementType.CreateTableAs => $"SELECT {command.Rows}",
        StatementType.Insert => $"INSERT 0 {command.Rows}",
        StatementType.Update => $"UPDATE {command.Rows}",
        StatementType.Delete => $"DELETE {command.Rows}",
        StatementType.Merge => $"MERGE {command.Rows}",
        StatementType.Call => "CALL",
        _ => FirstWords(command.CommandText),
    };

    // The server's own tag of a DDL statement ("CREATE VIEW") is not passed on by the driver.
    private static string FirstWords(string sql) =>
        string.Join(' ', sql.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries).Take(2)).ToUpperInvariant();
}

/// <summary>The answer of a queued statement; asking for it sends the queue.</summary>
internal sealed class QueuedStatement(PostgresSession session)
{
    private QueryResult? _result;

    public QueryResult Result
    {
        get
        {
            if (_result is null)
            {
                session.Flush();
            }

            return _result ?? QueryResult.Empty;
        }
    }

    public void Complete(QueryResult result) => _result = result;
}
