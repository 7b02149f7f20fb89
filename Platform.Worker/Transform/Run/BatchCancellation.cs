using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Cancels a batch with a token. A request that comes before the batch has reached the server is lost, so it is made again until the batch has ended: by
/// another session, since Npgsql makes one request for each batch.
/// </summary>
internal sealed class BatchCancellation : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlDataSource _dataSource;
    private readonly CancellationTokenRegistration _registration;
    private Timer? _timer;
    private bool _ended;
    private bool _asked;

    public BatchCancellation(NpgsqlBatch batch, NpgsqlDataSource dataSource, CancellationToken token)
    {
        (_batch, _dataSource) = (batch, dataSource);
        _registration = token.Register(static self => ((BatchCancellation)self!).Begin(), this);
    }

    public void Dispose()
    {
        _registration.Unregister();
        lock (_gate)
        {
            _ended = true;
            _timer?.Dispose();
        }
    }

    private void Begin()
    {
        lock (_gate)
        {
            _timer = _ended ? null : new Timer(static self => ((BatchCancellation)self!).Request(), this, TimeSpan.Zero, Again);
        }
    }

    private void Request()
    {
        // Dispose waits for it: a request that is still on its way must not meet the session's next statement.
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                if (!_asked)
                {
                    _asked = true;
                    _batch.Cancel();
                    return;
                }

                using var command = _dataSource.CreateCommand("select pg_cancel_backend($1)");
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _batch.Connection!.ProcessID });
                command.ExecuteNonQuery();
            }
            catch (Exception)
            {
                // The session broke meanwhile (Npgsql then ends in a NullReferenceException), and the batch with it; or no other can be opened now.
            }
        }
    }
}
