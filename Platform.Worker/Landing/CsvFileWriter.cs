using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Worker.Landing;

/// <summary>
/// Writes one CSV file of a partition (RFC 4180, UTF-8, a header, lines that end with <c>\n</c>): field by field into a block, block by
/// block to its sink. Counts rows and bytes and takes SHA-256 and the control sums on the way.
/// </summary>
/// <remarks>
/// A row is its fields in column order, then <see cref="EndRow"/>. The writer of many rows asks <see cref="IsBlockFull"/> after each and
/// calls <see cref="FlushAsync"/>: the block is uploaded while the next one fills.
/// </remarks>
internal sealed class CsvFileWriter : IAsyncDisposable
{
    private const int BlockBytes = 4 << 20;
    private const int LongestNumber = 24;

    private static readonly SearchValues<byte> NeedsQuotes = SearchValues.Create(",\"\r\n"u8);

    private readonly IBlockSink _sink;
    private readonly string _dataset;
    private readonly IReadOnlyList<string> _columns;
    private readonly ControlSum?[] _sums;
    private readonly int[] _fieldEnds;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _block = ArrayPool<byte>.Shared.Rent(64 << 10);
    private byte[]? _blockInFlight;
    private Task _flight = Task.CompletedTask;
    private int _length;
    private int _rowStart;
    private int _lastRowStart;
    private int _field;
    private long _rows;
    private long _bytes;

    public CsvFileWriter(IBlockSink sink, string dataset, IReadOnlyList<string> columns, IReadOnlyList<string> controlSums)
    {
        _sink = sink;
        _dataset = dataset;
        _columns = columns;
        _sums = [.. _columns.Select(column => controlSums.Contains(column) ? new ControlSum() : null)];
        _fieldEnds = new int[_columns.Count];
        foreach (var column in _columns)
        {
            Text(column);
        }

        EndRow();
        _rows = 0;
    }

    /// <summary>What the manifest says of the file; null until <see cref="CompleteAsync"/>.</summary>
    public ManifestFile? Completed { get; private set; }

    /// <summary>Columns in file order.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Rows written, without the header.</summary>
    public long Rows => _rows;

    /// <summary>Time to call <see cref="FlushAsync"/>.</summary>
    public bool IsBlockFull => _length >= BlockBytes;

    /// <summary>A field without value.</summary>
    public void Empty() => EndField();

    /// <summary>A text, quoted where RFC 4180 asks for it.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAny(NeedsQuotes))
        {
            utf8.CopyTo(Reserve(utf8.Length));
            _length += utf8.Length;
        }
        else
        {
            Quoted(utf8);
        }

        EndField();
    }

    /// <summary>A text, quoted where RFC 4180 asks for it.</summary>
    public void Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    /// <summary>A whole number.</summary>
    public void Integer(long value)
    {
        _sums[_field]?.Add(value, valueScale: 0);
        Utf8Formatter.TryFormat(value, Reserve(LongestNumber), out var written);
        _length += written;
        EndField();
    }

    /// <summary>An amount of money in cents, written with two decimals.</summary>
    public void Money(long cents) => Number(cents, scale: 2);

    /// <summary>A decimal number as a whole number of its last digit: <c>Number(19, 4)</c> is 0.0019.</summary>
    public void Number(long unscaled, int scale)
    {
        _sums[_field]?.Add(unscaled, scale);
        var target = Reserve(LongestNumber + scale);
        var start = 0;
        var magnitude = Math.Abs(unscaled);
        if (unscaled < 0)
        {
            target[start++] = (byte)'-';
        }

        var unit = ControlSum.PowerOfTen(scale);
        Utf8Formatter.TryFormat(magnitude / unit, target[start..], out var written);
        _length += start + written;
        target = target[(start + written)..];
        target[0] = (byte)'.';
        Digits(target, 1, scale, magnitude % unit);
        _length += 1 + scale;
        EndField();
    }

    /// <summary>A day: <c>2026-01-31</c>.</summary>
    public void Date(DateOnly date)
    {
        DateDigits(Reserve(10), date);
        _length += 10;
        EndField();
    }

    /// <summary>A moment in UTC, to the second: <c>2026-01-31T08:15:00Z</c>.</summary>
    public void Timestamp(DateOnly date, int secondOfDay)
    {
        var target = Reserve(20);
        DateDigits(target, date);
        target[10] = (byte)'T';
        Digits(target, 11, 2, secondOfDay / 3600);
        target[13] = (byte)':';
        Digits(target, 14, 2, secondOfDay / 60 % 60);
        target[16] = (byte)':';
        Digits(target, 17, 2, secondOfDay % 60);
        target[19] = (byte)'Z';
        _length += 20;
        EndField();
    }

    /// <summary>Ends the row. Every column must have been written.</summary>
    public void EndRow()
    {
        if (_field != _columns.Count)
        {
            throw new InvalidOperationException($"A row of {_dataset} has {_field} fields; its header has {_columns.Count}.");
        }

        _block[_length - 1] = (byte)'\n';
        _lastRowStart = _rowStart;
        _rowStart = _length;
        _field = 0;
        _rows++;
    }

    /// <summary>
    /// A row of any number of fields, each as it stands in the file (quotes included), whether good or not. Values of control columns count
    /// where the row has all its fields and the value is a number.
    /// </summary>
    public void RawRow(ReadOnlySpan<byte[]> rawFields)
    {
        for (var column = 0; column < rawFields.Length; column++)
        {
            var raw = rawFields[column];
            var target = Reserve(raw.Length + 1);
            raw.CopyTo(target);
            target[raw.Length] = (byte)',';
            _length += raw.Length + 1;
            if (rawFields.Length == _columns.Count)
            {
                _sums[column]?.Add(raw);
            }
        }

        _block[_length - 1] = (byte)'\n';
        _rowStart = _length;
        _rows++;
    }

    /// <summary>The fields of the row just ended, each as it stands in the file. Only before the next <see cref="FlushAsync"/>.</summary>
    public byte[][] LastRow()
    {
        var fields = new byte[_columns.Count][];
        var start = _lastRowStart;
        for (var column = 0; column < fields.Length; column++)
        {
            fields[column] = _block[start..(_fieldEnds[column] - 1)];
            start = _fieldEnds[column];
        }

        return fields;
    }

    /// <summary>Hands the block over for upload; waits only for the one before it.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await LandAsync();
        Count();
        _blockInFlight = _block;
        _flight = _sink.StageAsync(_block.AsMemory(0, _length), cancellationToken);
        _block = ArrayPool<byte>.Shared.Rent(BlockBytes + (64 << 10));
        _length = 0;
        _rowStart = 0;
    }

    /// <summary>Uploads the rest; the file is there when this returns.</summary>
    public async Task<ManifestFile> CompleteAsync(CancellationToken cancellationToken)
    {
        await LandAsync();
        Count();
        await _sink.CommitAsync(_block.AsMemory(0, _length), cancellationToken);
        _length = 0;
        return Completed = new ManifestFile
        {
            Name = LandingPath.FileName(_dataset),
            Dataset = _dataset,
            Rows = _rows,
            Bytes = _bytes,
            Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset()),
            ControlSums = _columns.Zip(_sums).Where(pair => pair.Second is not null)
                .ToDictionary(pair => pair.First, pair => pair.Second!.ToString()),
        };
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await LandAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = [];
            _hash.Dispose();
        }
    }

    /// <summary>Waits for the block on its way.</summary>
    private async Task LandAsync()
    {
        try
        {
            await _flight;
        }
        finally
        {
            _flight = Task.CompletedTask;
            if (_blockInFlight is not null)
            {
                ArrayPool<byte>.Shared.Return(_blockInFlight);
                _blockInFlight = null;
            }
        }
    }

    private void Count()
    {
        _hash.AppendData(_block, 0, _length);
        _bytes += _length;
    }

    private Span<byte> Reserve(int size)
    {
        // One more for the separator that follows every field.
        if (_block.Length - _length <= size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_block.Length * 2, _length + size + 1));
            _block.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_block);
            _block = larger;
        }

        return _block.AsSpan(_length, size);
    }

    private void EndField()
    {
        Reserve(0);
        _block[_length++] = (byte)',';
        _fieldEnds[_field++] = _length;
    }

    private void Quoted(ReadOnlySpan<byte> utf8)
    {
        var target = Reserve((utf8.Length * 2) + 2);
        var written = 0;
        target[written++] = (byte)'"';
        foreach (var character in utf8)
        {
            if (character == (byte)'"')
            {
                target[written++] = (byte)'"';
            }

            target[written++] = character;
        }

        target[written++] = (byte)'"';
        _length += written;
    }

    private static void DateDigits(Span<byte> target, DateOnly date)
    {
        var (year, month, day) = date;
        Digits(target, 0, 4, year);
        target[4] = (byte)'-';
        Digits(target, 5, 2, month);
        target[7] = (byte)'-';
        Digits(target, 8, 2, day);
    }

    private static void Digits(Span<byte> target, int start, int count, long value)
    {
        for (var index = start + count - 1; index >= start; index--)
        {
            target[index] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
