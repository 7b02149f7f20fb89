using System.Text;
using CsvHelper;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading;

/// <summary>
/// The records of a CSV file (RFC 4180) one after the other, as UTF-8, with the line at which each starts. Empty lines are no records.
/// </summary>
/// <remarks>
/// A quote that is opened and not closed in its place would swallow the lines after it. Such a record is given out as its first line only
/// (<see cref="Fault"/> says why), and reading goes on with the next line: the file is opened once more, skipped up to there, and the rest of it
/// is split by <see cref="CarefulRecords"/>.
/// </remarks>
internal sealed class CsvRecords : IAsyncDisposable
{
    /// <summary>Most bytes of one record; the reader holds one record in memory.</summary>
    private const int MaxRecordBytes = 32 << 20;

    private readonly Func<CancellationToken, Task<Stream>> _open;
    private readonly RecordForm _form;
    private readonly Func<string, long?, Exception?, Exception> _fault;
    private readonly CsvReader _csv;
    private CarefulRecords? _careful;
    private CsvMalformedRecord? _malformed;
    private string? _csvFault;

    private CsvRecords(
        Func<CancellationToken, Task<Stream>> open, RecordForm form, Func<string, long?, Exception?, Exception> fault, Stream content)
    {
        _open = open;
        _form = form;
        _fault = fault;
        _csv = CsvReader.Create(Text(content), new CsvReaderOptions
        {
            Separator = form.File.Delimiter,
            HasHeader = true,
            MaxRecordSize = MaxRecordBytes,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => _malformed = record,
            IncludeValuesInExceptions = false,
            DetectSeparatorHint = false,
            BufferSize = 256 << 10,
        }, leaveOpen: false);
    }

    /// <summary>Names of the first line's fields.</summary>
    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>How the texts of the fields are written.</summary>
    public RecordForm Form => _form;

    /// <summary>Line of the file at which the record starts, from 1, the header being line 1; or the number of the record.</summary>
    public int Line => _form.CountsRecords ? (int)_csv.RowNumber : _careful?.Line ?? (int)_csv.LineNumber;

    public int FieldCount => _careful is null ? _csv.FieldCount : _careful.FieldCount;

    /// <summary>What is wrong with the record's quoting; null when nothing is.</summary>
    public string? Fault => _careful is null ? _csvFault : _careful.Fault;

    /// <summary>The record as it is in the file, without its line break.</summary>
    public ReadOnlySpan<byte> Raw => _careful is null ? _csv.RawRecord : _careful.Raw;

    /// <param name="open">Opens the file from its start; called once more after a quote that is not closed.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="fault">Makes the exception for a file that cannot be read to its end: message, line, cause.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<CsvRecords> OpenAsync(
        Func<CancellationToken, Task<Stream>> open,
        RecordForm form,
        Func<string, long?, Exception?, Exception> fault,
        CancellationToken cancellationToken)
    {
        var records = new CsvRecords(open, form, fault, await open(cancellationToken));
        try
        {
            await records._csv.ReadHeaderAsync(cancellationToken);
            records.Header = [.. records._csv.Headers];
            return records._malformed is null ? records : throw fault("the header's quotes are not in order", 1, null);
        }
        catch (CsvFormatException error)
        {
            await records.DisposeAsync();
            throw fault($"the header is longer than {MaxRecordBytes >> 20} MB, probably because a quote is not closed", 1, error);
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    /// <summary>A field of the record, unquoted. Valid until the next field is asked for.</summary>
    public ReadOnlySpan<byte> Field(int index) => _careful is null ? _csv.GetSpan(index) : _careful.Field(index);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_careful is not null)
        {
            return await ReadCarefullyAsync(cancellationToken);
        }

        try
        {
            if (!await _csv.ReadAsync(cancellationToken))
            {
                return false;
            }
        }
        catch (CsvFormatException tooLong)
        {
            await GoOnCarefullyAsync(tooLong.ByteOffset, (int)tooLong.LineNumber, cancellationToken);
            return await ReadCarefullyAsync(cancellationToken);
        }

        _csvFault = null;
        if (_malformed is { } malformed)
        {
            _malformed = null;
            if (_csv.RawRecord.ContainsAny((byte)'\r', (byte)'\n'))
            {
                await GoOnCarefullyAsync(_csv.ByteOffset, (int)_csv.LineNumber, cancellationToken);
                return await ReadCarefullyAsync(cancellationToken);
            }

            _csvFault = malformed.Reason switch
            {
                CsvMalformedReason.UnterminatedQuote => "a quote is opened and not closed",
                CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote",
                _ => "a quote stands in a field that does not start with one",
            };
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _csv.DisposeAsync();
        if (_careful is not null)
        {
            await _careful.DisposeAsync();
        }
    }

    private Utf8Stream Text(Stream content) => new(content, _form.Encoding);

    private async ValueTask<bool> ReadCarefullyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _careful!.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException tooLong)
        {
            throw _fault($"a line is longer than {MaxRecordBytes >> 20} MB", null, tooLong);
        }
    }

    /// <summary>Opens the file again where a record starts.</summary>
    private async Task GoOnCarefullyAsync(long offset, int line, CancellationToken cancellationToken)
    {
        await _csv.DisposeAsync();
        var content = Text(await _open(cancellationToken));
        _careful = new CarefulRecords(content, (byte)_form.File.Delimiter, line, MaxRecordBytes);
        var skipped = new byte[64 << 10];
        for (var left = offset; left > 0;)
        {
            var read = await content.ReadAsync(skipped.AsMemory(0, (int)Math.Min(left, skipped.Length)), cancellationToken);
            left = read == 0 ? throw _fault("the file ends before the place that was read before", line, null) : left - read;
        }
    }
}
