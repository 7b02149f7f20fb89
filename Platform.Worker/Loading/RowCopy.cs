using Npgsql;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading;

/// <summary>One binary COPY of ready rows into a table.</summary>
internal sealed class RowCopy : IAsyncDisposable
{
    private readonly NpgsqlRawCopyStream _stream;
    private bool _completed;

    private RowCopy(NpgsqlRawCopyStream stream) => _stream = stream;

    public static async Task<RowCopy> StartAsync(
        NpgsqlConnection connection, string table, string columns, string options, CancellationToken cancellationToken)
    {
        var copy = new RowCopy(
            await connection.BeginRawBinaryCopyAsync($"copy {table} ({columns}) from stdin (format binary{options})", cancellationToken));
        await copy.WriteAsync(RowBuffer.Header, cancellationToken);
        return copy;
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken) =>
        await _stream.WriteAsync(rows, cancellationToken);

    /// <summary>Ends the COPY; the server has checked all rows when this returns.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(RowBuffer.Trailer, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
        _completed = true;
        await _stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed)
        {
            return;
        }

        try
        {
            // Disposing of the stream would end the COPY as if it were complete.
            await _stream.CancelAsync();
        }
        catch (Exception error) when (error is NpgsqlException or IOException or ObjectDisposedException)
        {
            // The connection is gone, and the COPY with it.
        }
    }
}
