using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// One connection of a build. Statements are queued and travel together when somebody looks at an answer, or at the end of the node: begin,
/// create, rename and commit cost one round trip. Calls are synchronous because macros are; each session belongs to one thread of its own.
/// </summary>
internal sealed class PostgresSession : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlDataSource _dataSource;
    private readonly string _settings;
    private readonly CancellationToken _cancellationToken;
    private readonly List<QueuedCommand> _queue = [];
    private SessionTraces _traces;
    private bool _failed;
    private bool _loose;
    private QueuedCommand? _deferred;

    private PostgresSession(NpgsqlDataSource dataSource, string settings, int thread, CancellationToken cancellationToken) =>
        (_dataSource, _connection, _settings, Thread, _cancellationToken) = (dataSource, dataSource.OpenConnection(), settings, thread, cancellationToken);

    public NpgsqlConnection Connection => _connection;

    /// <summary>False once the server or the network has ended it.</summary>
    public bool IsOpen => _connection.FullState is System.Data.ConnectionState.Open;

    /// <summary>Number of the thread it belongs to, from 1; 0 for what the engine itself asks.</summary>
    public int Thread { get; }

    /// <summary>True between begin and commit, also while both are still queued.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>
    /// Begin is sent with the first statement that is more than a question, and not at all when there is none: a test is one round trip.
    /// </summary>
    public bool DefersBegin { get; set; }

    /// <summary>Rises with every statement that may have changed something: those that are more than a question.</summary>
    public int Writes { get; private set; }

    /// <summary>Told of every statement before it is sent.</summary>
    public Action<string>? Observer { get; set; }

    /// <summary>Opens a session that ends its own query soon after its client has died, and whose name tells the next build whose it is.</summary>
    public static PostgresSession Open(NpgsqlDataSource dataSource, string applicationName, CancellationToken cancellationToken, int thread = 0)
    {
        var settings =
            $"""
            select set_config('application_name', {Warehouse.Sql.Literal(applicationName)}, false),
                   set_config('client_min_messages', 'error', false),
                   set_config('jit', 'off', false),
                   set_config('client_connection_check_interval', '1s', false)
            """;
        var session = new PostgresSession(dataSource, settings, thread, cancellationToken);
        session._queue.Add(new QueuedCommand(new SqlStatement(settings, 0), settings, null, false));
        return session;
    }

    /// <summary>
    /// Makes the session new for the next node: what the last one left in it (settings, roles, temporary tables) is undone with the first
    /// statements that are sent.
    /// </summary>
    public void BeginNode()
    {
        if (_traces.HasFlag(SessionTraces.Settings))
        {
            Queue($"reset session authorization; reset role; reset all; {_settings}");
        }

        if (_traces.HasFlag(SessionTraces.TemporaryTables))
        {
            Queue("discard temp");
        }

        _traces = SessionTraces.None;
        _deferred = null;
    }

    public void Begin()
    {
        if (!InTransaction)
        {
            Queue("begin");
        }
    }

    public void Commit()
    {
        if (InTransaction)
        {
            Queue("commit");
        }
    }

    /// <summary>Adds statements to what is sent next.</summary>
    /// <param name="sql">One statement or several, separated by semicolons.</param>
    /// <param name="fetch">True when the rows of the last one may be asked for.</param>
    public QueuedStatement Queue(string sql, bool fetch = false)
    {
        var handle = new QueuedStatement(this);
        var statements = SqlStatements.Split(sql);
        if (statements.Count == 0)
        {
            handle.Complete(QueryResult.Empty);
        }

        for (var index = 0; index < statements.Count; index++)
        {
            var isLast = index == statements.Count - 1;
            Add(new QueuedCommand(statements[index], sql, isLast ? handle : null, fetch && isLast));
        }

        return handle;
    }

    /// <summary>Runs everything queued and then this; the rows are those of its last statement.</summary>
    public QueryResult Query(string sql) => Queue(sql, fetch: true).Result;

    public void Execute(string sql)
    {
        Queue(sql);
        Flush();
    }

    /// <summary>Sends what is queued.</summary>
    /// <exception cref="SqlException">The server refused a statement; those after it were not run.</exception>
    /// <exception cref="NpgsqlException">The warehouse went away.</exception>
    public void Flush()
    {
        if (_queue.Count == 0)
        {
            return;
        }

        _cancellationToken.ThrowIfCancellationRequested();
        var sent = _queue.ToArray();
        _queue.Clear();
        _loose = false;
        using var batch = new NpgsqlBatch(_connection) { Timeout = 0 };
        foreach (var command in sent)
        {
            Observer?.Invoke(command.Statement.Text);
            batch.BatchCommands.Add(new NpgsqlBatchCommand(command.Statement.Text));
        }

        // A batch that fails between its begin and its commit leaves the server in a failed transaction.
        _failed = true;
        using var cancellation = new BatchCancellation(batch, _dataSource, _cancellationToken);
        try
        {
            Complete(sent, batch, Read(sent, batch));
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

    /// <summary>Leaves an open or failed transaction and forgets what was queued.</summary>
    public void Rollback()
    {
        _queue.Clear();
        _loose = false;
        if ((InTransaction || _failed) && IsOpen)
        {
            using var command = new NpgsqlCommand("rollback", _connection);
            command.ExecuteNonQuery();
        }

        (InTransaction, _failed) = (false, false);
    }

    public void Dispose() => _connection.Dispose();

    private void Add(QueuedCommand command)
    {
        var kind = StatementKinds.Of(command.Statement.Text);
        if (kind is StatementKind.Commit && !InTransaction)
        {
            command.Handle?.Complete(QueryResult.Empty with { Tag = "COMMIT" });
            return;
        }

        if (DefersBegin && !InTransaction)
        {
            if (kind is StatementKind.Begin)
            {
                _deferred = command;
                return;
            }

            if (kind is not StatementKind.Question && _deferred is { } begin)
            {
                DefersBegin = false;
                Add(begin);
            }
        }

        var alone = kind is StatementKind.Alone && !InTransaction;
        if (alone)
        {
            Flush();
        }

        // Outside of a transaction every change stands for itself: it is not undone when a later one fails.
        var stands = !InTransaction && kind is StatementKind.Ordinary;
        if (_loose && (stands || kind is StatementKind.Begin))
        {
            Flush();
        }

        _loose = stands || (_loose && kind is not StatementKind.Commit);
        _queue.Add(command);
        Writes += command.Fetch && kind is StatementKind.Question ? 0 : 1;
        InTransaction = kind is StatementKind.Begin || (InTransaction && kind is not (StatementKind.Commit or StatementKind.Rollback));
        _traces |= kind switch
        {
            StatementKind.Setting => SessionTraces.Settings,
            StatementKind.TemporaryTable => SessionTraces.TemporaryTables,
            _ => SessionTraces.None,
        };
        if (alone)
        {
            Flush();
        }
    }

    /// <summary>The rows that were asked for, by the place of their statement in the batch.</summary>
    private static Dictionary<int, QueryResult> Read(QueuedCommand[] sent, NpgsqlBatch batch)
    {
        var results = new Dictionary<int, QueryResult>();
        using var reader = batch.ExecuteReader();
        do
        {
            // Statements without rows are passed over; the first that is not completed yet is the one whose rows come now. One that has no
            // row is completed already.
            var index = BatchFault.Completed(batch) - (reader.HasRows ? 0 : 1);
            if (reader.FieldCount > 0 && sent[index].Fetch)
            {
                results[index] = Rows(reader);
            }
        }
        while (reader.NextResult());
        return results;
    }

    private static void Complete(QueuedCommand[] sent, NpgsqlBatch batch, Dictionary<int, QueryResult> rows)
    {
        for (var index = 0; index < sent.Length; index++)
        {
            var command = batch.BatchCommands[index];
            sent[index].Handle?.Complete(rows.GetValueOrDefault(index, QueryResult.Empty) with { Tag = CommandTag.Of(command), RowsAffected = (long)command.Rows });
        }
    }

    private static QueryResult Rows(NpgsqlDataReader reader)
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

    private readonly record struct QueuedCommand(SqlStatement Statement, string Source, QueuedStatement? Handle, bool Fetch);

    /// <summary>What a node may leave behind in a session.</summary>
    [Flags]
    private enum SessionTraces
    {
        None = 0,
        Settings = 1,
        TemporaryTables = 2,
    }
}
