using System.Buffers;
using System.Text;
using Parquet;
using Parquet.Schema;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading.ParquetFiles;

/// <summary>
/// A Parquet file as CSV (RFC 4180, UTF-8, decimal point, ISO 8601): a header of its columns, a record per row. So its rows meet the same checks as
/// those of a text file, and the quarantine shows them in the same form.
/// </summary>
/// <remarks>
/// A Parquet file starts at its end: it is put on disk first, which also compares it with its manifest before the first row is read. One row group is
/// in memory at a time.
/// </remarks>
internal sealed class ParquetText : ForwardStream
{
    private const int ChunkBytes = 256 << 10;

    private readonly FileStream _file;
    private readonly Func<string, long?, Exception?, Exception> _fault;
    private readonly ArrayBufferWriter<byte> _text = new(ChunkBytes + (64 << 10));
    private ParquetReader _reader = null!;
    private ParquetColumn[] _columns = [];
    private int _taken;
    private int _group;
    private long _rowsLeft;

    private ParquetText(FileStream file, Func<string, long?, Exception?, Exception> fault)
    {
        _file = file;
        _fault = fault;
    }

    /// <param name="content">The file; read to its end and disposed of.</param>
    /// <param name="fault">Makes the exception for a file that cannot be read: message, line, cause.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<Stream> OpenAsync(
        Stream content, Func<string, long?, Exception?, Exception> fault, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"platform-{Guid.NewGuid():N}.parquet");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        var text = new ParquetText(file, fault);
        try
        {
            await using (content)
            {
                await content.CopyToAsync(file, cancellationToken);
            }

            await text.StartAsync(cancellationToken);
            return text;
        }
        catch
        {
            await text.DisposeAsync();
            throw;
        }
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("A Parquet file is read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_taken == _text.WrittenCount)
        {
            _text.ResetWrittenCount();
            _taken = 0;
            if (_rowsLeft == 0 && !await NextGroupAsync(cancellationToken))
            {
                return 0;
            }

            Reading(_group, () =>
            {
                for (; _rowsLeft > 0 && _text.WrittenCount < ChunkBytes; _rowsLeft--)
                {
                    WriteRow();
                }
            });
        }

        var length = Math.Min(buffer.Length, _text.WrittenCount - _taken);
        _text.WrittenMemory.Slice(_taken, length).CopyTo(buffer);
        _taken += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var column in _columns)
            {
                column.Dispose();
            }

            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await ParquetEnvelope.FaultAsync(_file, cancellationToken) is { } fault)
        {
            throw _fault(fault, null, null);
        }

        try
        {
            _reader = await OpenReaderAsync(useBigDecimal: false, cancellationToken);
            if (_reader.Schema.DataFields.Any(field => field is DecimalDataField { Precision: > ParquetColumn.MaxDecimalDigits }))
            {
                _reader = await OpenReaderAsync(useBigDecimal: true, cancellationToken);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _fault($"the Parquet file's footer cannot be read ({error.Message})", null, error);
        }

        if (_reader.Metadata?.EncryptionAlgorithm is not null)
        {
            throw _fault(ParquetEnvelope.Encrypted, null, null);
        }

        var fields = _reader.Schema.DataFields;
        var odd = fields.Select(ParquetColumn.Fault).OfType<string>().ToList();
        if (odd.Count > 0 || fields.Length == 0)
        {
            throw _fault(odd.Count > 0 ? string.Join("; ", odd) : "the Parquet file has no columns", null, null);
        }

        _columns = [.. fields.Select(ParquetColumn.Of)];
        foreach (var (index, field) in fields.Index())
        {
            ParquetColumn.WriteSeparator(_text, index);
            ParquetColumn.WriteText(_text, Encoding.UTF8.GetBytes(field.Name), isOnly: fields.Length == 1);
        }

        _text.Write("\n"u8);
    }

    private Task<ParquetReader> OpenReaderAsync(bool useBigDecimal, CancellationToken cancellationToken)
    {
        _file.Position = 0;
        return ParquetReader.CreateAsync(
            _file, new ParquetOptions { UseDateOnlyTypeForDates = true, UseBigDecimal = useBigDecimal }, leaveStreamOpen: true, cancellationToken);
    }

    private async Task<bool> NextGroupAsync(CancellationToken cancellationToken)
    {
        while (_rowsLeft == 0)
        {
            if (_group == _reader.RowGroupCount)
            {
                return false;
            }

            var group = _reader.OpenRowGroupReader(_group++);
            if (ParquetColumn.TooLarge(group, _columns) is { } tooLarge)
            {
                throw _fault($"row group {_group} {tooLarge}", null, null);
            }

            foreach (var column in _columns)
            {
                try
                {
                    await column.LoadAsync(group, cancellationToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    throw _fault($"column '{column.Name}' of row group {_group} cannot be read ({error.Message})", null, error);
                }
            }

            _rowsLeft = group.RowCount;
        }

        return true;
    }

    private void WriteRow()
    {
        foreach (var (index, column) in _columns.Index())
        {
            ParquetColumn.WriteSeparator(_text, index);
            column.WriteNext(_text, isOnly: _columns.Length == 1);
        }

        _text.Write("\n"u8);
    }

    private void Reading(int group, Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException or InvalidOperationException)
        {
            throw _fault($"row group {group} holds fewer values than rows ({error.Message})", null, error);
        }
    }
}
