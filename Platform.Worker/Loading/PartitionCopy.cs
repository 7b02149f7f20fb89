using System.Threading.Channels;
using Npgsql;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>
/// One pass over the file: one thread parses, checks and encodes, the others copy straight into the target. Rows whose key was probably
/// seen before wait in a table of their own, bad rows go to quarantine; both between two COPY commands, so that memory stays bounded.
/// </summary>
/// <param name="connection">The load's transaction.</param>
/// <param name="target">Where good rows go, over its own connections or the transaction's.</param>
/// <param name="quarantine">Where bad rows go.</param>
internal sealed class PartitionCopy(NpgsqlConnection connection, PartitionTarget target, QuarantineWriter quarantine) : IAsyncDisposable
{
    /// <summary>Rows of this partition whose key was probably seen before; made when the first one comes.</summary>
    public const string Suspects = "pg_temp.load_suspect";

    private const int BatchesInFlight = 4;
    private const int PendingBytes = 4 << 20;

    private readonly RowBuffer _suspects = new(4 << 10);
    private readonly List<RejectedRow> _rejected = [];
    private readonly SemaphoreSlim _pending = new(1);
    private long _rejectedBytes;
    private IReadOnlyList<NpgsqlConnection>? _copiers;

    public bool HasSuspects { get; private set; }

    /// <summary>Copies the whole file.</summary>
    /// <param name="records">The file, before its first record.</param>
    /// <param name="check">Bound to the file's header.</param>
    /// <param name="keys">Sized for all files of the load.</param>
    /// <param name="path">Path of the file, for the quarantine.</param>
    /// <param name="cancellationToken">Stops all threads.</param>
    public async Task RunAsync(CsvRecords records, RowCheck check, KeyFilter keys, string path, CancellationToken cancellationToken)
    {
        _copiers ??= await target.OpenCopiersAsync(cancellationToken);
        var batches = Channel.CreateBounded<RowBatch>(new BoundedChannelOptions(BatchesInFlight) { SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] threads =
        [
            Task.Run(() => ParseAsync(records, check, keys, batches.Writer, stop.Token), CancellationToken.None),
            .. _copiers.Select(copier => CopyAsync(copier, batches.Reader, path, stop.Token)),
        ];
        try
        {
            await foreach (var thread in Task.WhenEach(threads))
            {
                await thread;
            }

            await FlushAsync(path, cancellationToken);
        }
        finally
        {
            // Any thread's failure stops the others; what failed first is what the caller sees.
            await stop.CancelAsync();
            await Task.WhenAll(threads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batches.Reader.TryRead(out var batch))
            {
                batch.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _suspects.Dispose();
        _pending.Dispose();
        foreach (var copier in _copiers ?? [])
        {
            if (copier != connection)
            {
                await copier.DisposeAsync();
            }
        }
    }

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

    private async Task CopyAsync(NpgsqlConnection copier, ChannelReader<RowBatch> batches, string path, CancellationToken cancellationToken)
    {
        RowCopy? copy = null;
        try
        {
            await foreach (var batch in batches.ReadAllAsync(cancellationToken))
            {
                using (batch)
                {
                    if (batch.Rows.Length > 0)
                    {
                        copy ??= await RowCopy.StartAsync(copier, target.Table, target.Columns, target.CopyOptions, cancellationToken);
                        await copy.WriteAsync(batch.Rows.Written, cancellationToken);
                    }

                    if (!batch.HasOthers)
                    {
                        continue;
                    }

                    await _pending.WaitAsync(cancellationToken);
                    try
                    {
                        Keep(batch);
                        if (_suspects.Length + _rejectedBytes >= PendingBytes)
                        {
                            copy = copier == connection ? await EndAsync(copy, cancellationToken) : copy;
                            await FlushAsync(path, cancellationToken);
                        }
                    }
                    finally
                    {
                        _pending.Release();
                    }
                }
            }

            copy = await EndAsync(copy, cancellationToken);
        }
        finally
        {
            if (copy is not null)
            {
                await copy.DisposeAsync();
            }
        }
    }

    /// <summary>Sets aside what does not go into the target.</summary>
    private void Keep(RowBatch batch)
    {
        if (batch.Suspects is { } suspects)
        {
            _suspects.Write(suspects.Written.Span);
        }

        foreach (var row in batch.Rejected)
        {
            _rejected.Add(row);
            _rejectedBytes += 2 * (row.RawLine.Length + row.Message.Length);
        }
    }

    private static async Task<RowCopy?> EndAsync(RowCopy? copy, CancellationToken cancellationToken)
    {
        if (copy is not null)
        {
            await copy.CompleteAsync(cancellationToken);
        }

        return null;
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
