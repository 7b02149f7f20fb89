using System.Text;
using CsvHelper;

namespace Platform.Worker.Loading;

/// <summary>
/// The records of a CSV file (RFC 4180) one after the other, as bytes, with the line at which each starts. Empty lines are no records.
/// </summary>
/// <remarks>
/// A quote that is opened and not closed in its place would swallow the lines after it. Such a record is given out as its first line only
/// (<see cref="Fault"/> says why), and reading goes on with the next line: the file is opened again and skipped up to there.
/// </remarks>
internal sealed class CsvRecords : IAsyncDisposable
{
    /// <summary>Most bytes of one record; the reader holds one record in memory.</summary>
    private const int MaxRecordBytes = 32 << 20;

    /// <summary>Most lines with unbalanced quotes; each costs a second reading of the file up to there.</summary>
    private const int MaxResumptions = 100;

    private readonly Func<CancellationToken, Task<Stream>> _open;
    private readonly Func<string, long?, Exception?, Exception> _fault;
    private readonly byte[] _skipBuffer = new byte[64 << 10];
    private CsvReader _csv;
    private CsvMalformedRecord? _malformed;
    private long _offset;
    private long _lines;
    private int _firstLineLength = -1;
    private int _resumptions;

    private CsvRecords(Func<CancellationToken, Task<Stream>> open, Func<string, long?, Exception?, Exception> fault, Stream content)
    {
        _open = open;
        _fault = fault;
        _csv = Reader(content, hasHeader: true);
    }

    /// <summary>Names of the first line's fields.</summary>
    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>Line of the file at which the record starts, from 1; the header is line 1.</summary>
    public int Line => (int)(_lines + _csv.LineNumber);

    public int FieldCount => _csv.FieldCount;

    /// <summary>What is wrong with the record's quoting; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The record as it is in the file, without its line break.</summary>
    public ReadOnlySpan<byte> Raw => _firstLineLength < 0 ? _csv.RawRecord : _csv.RawRecord[.._firstLineLength];

    /// <param name="open">Opens the file from its start; called again after a quote that is not closed.</param>
    /// <param name="fault">Makes the exception for a file that cannot be read to its end: message, line, cause.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<CsvRecords> OpenAsync(
        Func<CancellationToken, Task<Stream>> open, Func<string, long?, Exception?, Exception> fault, CancellationToken cancellationToken)
    {
        var records = new CsvRecords(open, fault, await open(cancellationToken));
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

    /// <summary>A field of the record, unquoted. Valid until the next read.</summary>
    public ReadOnlySpan<byte> Field(int index) => _csv.GetSpan(index);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_firstLineLength >= 0)
        {
            await ResumeAfterFirstLineAsync(cancellationToken);
        }

        try
        {
            if (!await _csv.ReadAsync(cancellationToken))
            {
                return false;
            }
        }
        catch (CsvFormatException error)
        {
            throw _fault(
                $"a record is longer than {MaxRecordBytes >> 20} MB, probably because a quote is not closed", _lines + error.LineNumber, error);
        }

        Fault = null;
        if (_malformed is not null)
        {
            Judge();
        }

        return true;
    }

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    private CsvReader Reader(Stream content, bool hasHeader) => CsvReader.Create(content, new CsvReaderOptions
    {
        Separator = ',',
        HasHeader = hasHeader,
        MaxRecordSize = MaxRecordBytes,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Recover,
        OnMalformedRecord = record => _malformed = record,
        IncludeValuesInExceptions = false,
        BufferSize = 256 << 10,
    }, leaveOpen: false);

    private void Judge()
    {
        var reason = _malformed!.Value.Reason;
        _malformed = null;
        Fault = reason switch
        {
            CsvMalformedReason.UnterminatedQuote => "a quote is opened and not closed",
            CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote",
            _ => "a quote stands in a field that does not start with one",
        };
        _firstLineLength = _csv.RawRecord.IndexOfAny((byte)'\r', (byte)'\n');
    }

    private async Task ResumeAfterFirstLineAsync(CancellationToken cancellationToken)
    {
        if (++_resumptions > MaxResumptions)
        {
            throw _fault($"more than {MaxResumptions} lines have quotes that are not closed", Line, null);
        }

        var line = Line;
        var first = Raw.ToArray();
        var second = _csv.RawRecord[_firstLineLength..];
        var lineBreak = second.StartsWith("\r\n"u8) ? 2 : 1;
        var start = _offset + _csv.ByteOffset;
        await _csv.DisposeAsync();

        var content = await _open(cancellationToken);
        try
        {
            for (var left = start; left > 0;)
            {
                var read = await content.ReadAsync(_skipBuffer.AsMemory(0, (int)Math.Min(left, _skipBuffer.Length)), cancellationToken);
                left = read == 0 ? throw _fault("the file ends before the place that was read before", line, null) : left - read;
            }

            var again = new byte[first.Length + lineBreak];
            await content.ReadExactlyAsync(again, cancellationToken);
            if (!again.AsSpan(0, first.Length).SequenceEqual(first))
            {
                throw _fault("a quote is not closed, and the file is not UTF-8, so that its lines cannot be told apart", line, null);
            }
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }

        _offset = start + first.Length + lineBreak;
        _lines = line;
        _firstLineLength = -1;
        _csv = Reader(content, hasHeader: false);
    }
}
