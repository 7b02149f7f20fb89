using System.Buffers;

namespace Platform.Worker.Loading;

/// <summary>
/// Splits the rest of a CSV file whose quotes are not in order, so that a broken record costs its first line only. It looks no further than to
/// the first mistake of a record; so a record that is taken up again at its second line is not read twice more than once (a record ends, or
/// shows its mistake, at the latest where the next line with an odd number of quotes does), and the whole file costs time in proportion to its size.
/// </summary>
/// <param name="content">The file from the start of a record on, as UTF-8.</param>
/// <param name="separator">The byte between fields.</param>
/// <param name="line">Line of the file with which the content starts.</param>
/// <param name="maxRecordBytes">Most bytes of a record.</param>
internal sealed class CarefulRecords(Stream content, byte separator, int line, int maxRecordBytes) : IAsyncDisposable
{
    private readonly SearchValues<byte> _ends = SearchValues.Create([separator, (byte)'"', (byte)'\r', (byte)'\n']);
    private readonly List<(int Start, int Length, bool IsEscaped)> _fields = [];
    private byte[] _buffer = new byte[256 << 10];
    private byte[] _unescaped = [];
    private int _start;
    private int _end;
    private int _length;
    private int _next;
    private int _nextLine = line;
    private bool _ended;

    private enum Scan
    {
        Complete,
        Broken,
        NeedsMore,
    }

    public int Line { get; private set; }

    public int FieldCount => _fields.Count;

    /// <summary>What is wrong with the record's quoting; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The record without its line break; of a broken one its first line.</summary>
    public ReadOnlySpan<byte> Raw => _buffer.AsSpan(_start, _length);

    public ReadOnlySpan<byte> Field(int index)
    {
        if (index >= _fields.Count)
        {
            return [];
        }

        var (start, length, isEscaped) = _fields[index];
        var field = _buffer.AsSpan(_start + start, length);
        return isEscaped ? Unescape(field) : field;
    }

    /// <exception cref="InvalidDataException">A line is longer than a record may be.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _start = _next;
        while (true)
        {
            if (!await SkipEmptyLinesAsync(cancellationToken))
            {
                return false;
            }

            var scan = ScanRecord();
            if (scan == Scan.NeedsMore && _end - _start >= maxRecordBytes)
            {
                Fault = "a quote is opened and not closed";
                scan = Scan.Broken;
            }

            if (scan == Scan.Broken && !TryCutFirstLine())
            {
                scan = _end - _start < maxRecordBytes ? Scan.NeedsMore : throw new InvalidDataException("A line is longer than a record may be.");
            }

            if (scan != Scan.NeedsMore)
            {
                Line = _nextLine;
                _nextLine += 1 + LineBreaks(Raw);
                return true;
            }

            await FillAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => content.DisposeAsync();

    private async ValueTask<bool> SkipEmptyLinesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_end - _start < 2 && !_ended)
            {
                await FillAsync(cancellationToken);
            }
            else if (_start == _end)
            {
                (_next, _length) = (_start, 0);
                return false;
            }
            else if (_buffer[_start] is (byte)'\r' or (byte)'\n')
            {
                _start += LineBreakAt(_start);
                _nextLine++;
            }
            else
            {
                return true;
            }
        }
    }

    /// <summary>Reads the record at <see cref="_start"/> up to its end or its first mistake.</summary>
    private Scan ScanRecord()
    {
        Fault = null;
        _fields.Clear();
        var data = _buffer.AsSpan(0, _end);
        for (var at = _start; ;)
        {
            var isQuoted = at < data.Length && data[at] == '"';
            var from = isQuoted ? at + 1 : at;
            var isEscaped = false;
            int end;
            if (!isQuoted)
            {
                end = data[at..].IndexOfAny(_ends);
                end = end < 0 ? data.Length : at + end;
                if (end < data.Length && data[end] == '"')
                {
                    Fault = "a quote stands in a field that does not start with one";
                    return Scan.Broken;
                }

                at = end;
            }
            else if (TryFindClosingQuote(data, from, out end, out isEscaped))
            {
                at = end + 1;
            }
            else if (_ended)
            {
                Fault = "a quote is opened and not closed";
                return Scan.Broken;
            }
            else
            {
                return Scan.NeedsMore;
            }

            // Of a '\r' at the end of the buffer nobody knows yet whether a '\n' follows.
            if (!_ended && at + 1 >= data.Length)
            {
                return Scan.NeedsMore;
            }

            _fields.Add((from - _start, end - from, isEscaped));
            if (at == data.Length || data[at] is (byte)'\r' or (byte)'\n')
            {
                _length = at - _start;
                _next = at == data.Length ? at : at + LineBreakAt(at);
                return Scan.Complete;
            }

            if (data[at] != separator)
            {
                Fault = "text follows a closing quote";
                return Scan.Broken;
            }

            at++;
        }
    }

    private bool TryFindClosingQuote(ReadOnlySpan<byte> data, int from, out int end, out bool isEscaped)
    {
        isEscaped = false;
        for (end = from; ; end += 2)
        {
            var quote = data[end..].IndexOf((byte)'"');
            end += quote;

            // A quote at the end of the buffer may be the first of two.
            if (quote < 0 || (end + 1 == data.Length && !_ended))
            {
                return false;
            }

            if (end + 1 == data.Length || data[end + 1] != '"')
            {
                return true;
            }

            isEscaped = true;
        }
    }

    private bool TryCutFirstLine()
    {
        var data = _buffer.AsSpan(_start, _end - _start);
        _length = data.IndexOfAny((byte)'\r', (byte)'\n');
        if (_length < 0 && _ended)
        {
            _length = data.Length;
        }

        if (_length < 0 || (!_ended && _length + 1 >= data.Length))
        {
            return false;
        }

        _next = _length == data.Length ? _end : _start + _length + LineBreakAt(_start + _length);
        return true;
    }

    private int LineBreakAt(int at) => _buffer[at] == '\r' && at + 1 < _end && _buffer[at + 1] == '\n' ? 2 : 1;

    private static int LineBreaks(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (int at; (at = text.IndexOfAny((byte)'\r', (byte)'\n')) >= 0; count++)
        {
            text = text[(at + (text[at..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        return count;
    }

    /// <summary>Reads until the buffer is full; first makes room, twice as much when there is none.</summary>
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var pending = _end - _start;
        var most = Math.Max(_buffer.Length, maxRecordBytes + 2);
        var target = pending > _buffer.Length / 2 && _buffer.Length < most ? new byte[Math.Min(_buffer.Length * 2, most)] : _buffer;
        _buffer.AsSpan(_start, pending).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, pending);
        var read = await content.ReadAtLeastAsync(_buffer.AsMemory(_end), _buffer.Length - _end, throwOnEndOfStream: false, cancellationToken);
        _end += read;
        _ended = _end < _buffer.Length;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> field)
    {
        if (_unescaped.Length < field.Length)
        {
            _unescaped = new byte[Math.Max(1_024, field.Length)];
        }

        var length = 0;
        for (var index = 0; index < field.Length; index++)
        {
            _unescaped[length++] = field[index];
            index += field[index] == '"' ? 1 : 0;
        }

        return _unescaped.AsSpan(0, length);
    }
}
