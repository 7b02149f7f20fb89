using System.Threading.Channels;
using Npgsql;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>
/// One pass over the file: one thread parses, checks and encodes, the other copies straight into the target. Rows whose key was probably
/// seen before wait in a table of their own, bad rows go to quarantine; both between two COPY commands, so that memory stays bounded.
/// </summary>
internal sealed class PartitionCopy(NpgsqlConnection connection, PartitionTarget target, QuarantineWriter quarantine) : IDisposable
{
    /// <summary>Rows of this partition whose key was probably seen before; made when the first one comes.</summary>
    public const string Suspects = "pg_temp.load_suspect";

    private const int BatchesInFlight = 4;
    private const int PendingBytes = 4 << 20;

    private readonly RowBuffer _suspects = new(4 << 10);
    private readonly List<RejectedRow> _rejected = [];
    private long _rejectedBytes;
    private RowCopy? _copy;

    public bool HasSuspects { get; private set; }

    /// <summary>Copies the whole file.</summary>
    /// <param name="records">The file, before its first record.</param>
    /// <param name="check">Bound to the file's header.</param>
    /// <param name="keys">Sized for all files of the load.</param>
    /// <param name="path">Path of the file, for the quarantine.</param>
    /// <param name="cancellationToken">Stops both threads.</param>
    public async Task RunAsync(CsvRecords records, RowCheck check, KeyFilter keys, string path, CancellationToken cancellationToken)
    {
        var batches = Channel.CreateBounded<RowBatch>(new BoundedChannelOptions(BatchesInFlight) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parse = Task.Run(() => ParseAsync(records, check, keys, batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken))
            {
                using (batch)
                {
                    await WriteAsync(batch, path, cancellationToken);
                }
            }

            await EndCopyAsync(cancellationToken);
            await FlushAsync(path, cancellationToken);
        }
        finally
        {
            // Either thread's failure stops the other; what failed first is what the caller sees.
            await stop.CancelAsync();
            await parse.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batches.Reader.TryRead(out var batch))
            {
                batch.Dispose();
            }

            if (_copy is not null)
            {
                await _copy.DisposeAsync();
            }
        }
    }

    public void Dispose() => _suspects.Dispose();

    private static async Task ParseAsync(
        CsvRecords records, RowCheck check, KeyFilter keys, ChannelWriter<RowBatch> batches, CancellationToken cancellationToken)
    {
        var batch = new RowBatch();
        try
        {
            while (await records.ReadAsync(cancellationToken))
            {
                var start = batch.Rows.Length;
                if (!check.TryWrite(records, batch.Rows, out var key))
                {
                    batch.Reject(check.Reject(records));
                }
                else if (!keys.Add(key))
                {
                    batch.SuspectLast(start);
                }

                if (batch.IsFull)
                {
                    await batches.WriteAsync(batch, cancellationToken);
                    batch = new RowBatch();
                }
            }

            await batches.WriteAsync(batch, cancellationToken);
            batches.Complete();
        }
        catch (Exception error)
        {
            batch.Dispose();
            batches.Complete(error);
        }
    }

    private async Task WriteAsync(RowBatch batch, string path, CancellationToken cancellationToken)
    {
        if (batch.Rows.Length > 0)
        {
            _copy ??= await RowCopy.StartAsync(
                connection, target.Table, target.Columns, target.CopyOptions, cancellationToken);
            await _copy.WriteAsync(batch.Rows.Written, cancellationToken);
        }

        if (batch.Suspects is { } suspects)
        {
            _suspects.Write(suspects.Written.Span);
        }

        foreach (var row in batch.Rejected)
        {
            _rejected.Add(row);
            _rejectedBytes += 2 * (row.RawLine.Length + row.Message.Length);
        }

        if (_suspects.Length + _rejectedBytes >= PendingBytes)
        {
            await EndCopyAsync(cancellationToken);
            await FlushAsync(path, cancellationToken);
        }
    }

    private async Task EndCopyAsync(CancellationToken cancellationToken)
    {
        if (_copy is not null)
        {
            await _copy.CompleteAsync(cancellationToken);
            _copy = null;
        }
    }

    /// <summary>Writes what waits for the end of a COPY.</summary>
    private async Task FlushAsync(string path, CancellationToken cancellationToken)
    {
        if (_suspects.Length > 0)
        {
            if (!HasSuspects)
            {
                await using var create = new NpgsqlCommand(
                    $"create temporary table load_suspect (like {target.Table} including defaults) on commit drop", connection);
                await create.ExecuteNonQueryAsync(cancellationToken);
                HasSuspects = true;
            }

            await using var copy = await RowCopy.StartAsync(connection, Suspects, target.Columns, options: "", cancellationToken);
            await copy.WriteAsync(_suspects.Written, cancellationToken);
            await copy.CompleteAsync(cancellationToken);
            _suspects.Truncate(0);
        }

        await quarantine.WriteAsync(path, _rejected, cancellationToken);
        _rejected.Clear();
        _rejectedBytes = 0;
    }
}
