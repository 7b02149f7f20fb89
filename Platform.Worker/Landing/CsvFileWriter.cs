using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Worker.Landing;

/// <summary>
/// Writes one CSV file of a partition (RFC 4180, UTF-8, a header, lines that end with <c>\n</c>): field by field into a block, block by block
/// to the storage account. Counts rows and bytes and takes SHA-256 and the control sums on the way.
/// </summary>
/// <remarks>
/// A row is its fields in column order, then <see cref="EndRow"/>. The writer of many rows asks <see cref="IsBlockFull"/> after each and calls
/// <see cref="FlushAsync"/>: the block is uploaded while the next one fills.
/// </remarks>
internal sealed class CsvFileWriter : IAsyncDisposable
{
    private const int BlockBytes = 4 << 20;
    private const int LongestNumber = 24;

    private static readonly SearchValues<byte> needsQuotes = SearchValues.Create(",\"\r\n"u8);

    private readonly BlockUpload upload;
    private readonly string dataset;
    private readonly IReadOnlyList<string> columns;
    private readonly ControlSum?[] sums;
    private readonly int[] fieldEnds;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] block = ArrayPool<byte>.Shared.Rent(64 << 10);
    private byte[]? blockInFlight;
    private Task flight = Task.CompletedTask;
    private int length;
    private int rowStart;
    private int lastRowStart;
    private int field;
    private long rows;
    private long bytes;

    public CsvFileWriter(BlockUpload upload, string dataset, IReadOnlyList<string> columns, IReadOnlyList<string> controlSums)
    {
        this.upload = upload;
        this.dataset = dataset;
        this.columns = columns;
        sums = [.. columns.Select(column => controlSums.Contains(column) ? new ControlSum() : null)];
        fieldEnds = new int[columns.Count];
        foreach (var column in columns)
        {
            Text(Encoding.UTF8.GetBytes(column));
        }

        EndRow();
        rows = 0;
    }

    /// <summary>What the manifest says of the file; null until <see cref="CompleteAsync"/>.</summary>
    public ManifestFile? Completed { get; private set; }

    /// <summary>Columns in file order.</summary>
    public IReadOnlyList<string> Columns => columns;

    /// <summary>Rows written, without the header.</summary>
    public long Rows => rows;

    /// <summary>Time to call <see cref="FlushAsync"/>.</summary>
    public bool IsBlockFull => length >= BlockBytes;

    /// <summary>A field without value.</summary>
    public void Empty() => EndField();

    /// <summary>A text, quoted where RFC 4180 asks for it.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAny(needsQuotes))
        {
            utf8.CopyTo(Reserve(utf8.Length));
            length += utf8.Length;
        }
        else
        {
            Quoted(utf8);
        }

        EndField();
    }

    /// <summary>A whole number.</summary>
    public void Integer(long value)
    {
        sums[field]?.Add(value, valueScale: 0);
        Utf8Formatter.TryFormat(value, Reserve(LongestNumber), out var written);
        length += written;
        EndField();
    }

    /// <summary>An amount of money in cents, written with two decimals.</summary>
    public void Money(long cents) => Number(cents, scale: 2);

    /// <summary>A decimal number as a whole number of its last digit: <c>Number(19, 4)</c> is 0.0019.</summary>
    public void Number(long unscaled, int scale)
    {
        sums[field]?.Add(unscaled, scale);
        var target = Reserve(LongestNumber + scale);
        var start = 0;
        var magnitude = Math.Abs(unscaled);
        if (unscaled < 0)
        {
            target[start++] = (byte)'-';
        }

        var unit = ControlSum.PowerOfTen(scale);
        Utf8Formatter.TryFormat(magnitude / unit, target[start..], out var written);
        length += start + written;
        target = target[(start + written)..];
        target[0] = (byte)'.';
        Digits(target, 1, scale, magnitude % unit);
        length += 1 + scale;
        EndField();
    }

    /// <summary>A day: <c>2026-01-31</c>.</summary>
    public void Date(DateOnly date)
    {
        DateDigits(Reserve(10), date);
        length += 10;
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
        length += 20;
        EndField();
    }

    /// <summary>Ends the row. Every column must have been written.</summary>
    public void EndRow()
    {
        if (field != columns.Count)
        {
            throw new InvalidOperationException($"A row of {dataset} has {field} fields; its header has {columns.Count}.");
        }

        block[length - 1] = (byte)'\n';
        lastRowStart = rowStart;
        rowStart = length;
        field = 0;
        rows++;
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
            length += raw.Length + 1;
            if (rawFields.Length == columns.Count)
            {
                sums[column]?.Add(raw);
            }
        }

        block[length - 1] = (byte)'\n';
        rowStart = length;
        rows++;
    }

    /// <summary>The fields of the row just ended, each as it stands in the file. Only before the next <see cref="FlushAsync"/>.</summary>
    public byte[][] LastRow()
    {
        var fields = new byte[columns.Count][];
        var start = lastRowStart;
        for (var column = 0; column < fields.Length; column++)
        {
            fields[column] = block[start..(fieldEnds[column] - 1)];
            start = fieldEnds[column];
        }

        return fields;
    }

    /// <summary>Hands the block over for upload; waits only for the one before it.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await LandAsync();
        Count();
        blockInFlight = block;
        flight = upload.StageAsync(block.AsMemory(0, length), cancellationToken);
        block = ArrayPool<byte>.Shared.Rent(BlockBytes + (64 << 10));
        length = 0;
        rowStart = 0;
    }

    /// <summary>Uploads the rest; the file is there when this returns.</summary>
    public async Task<ManifestFile> CompleteAsync(CancellationToken cancellationToken)
    {
        await LandAsync();
        Count();
        await upload.CommitAsync(block.AsMemory(0, length), cancellationToken);
        length = 0;
        return Completed = new ManifestFile
        {
            Name = LandingPath.FileName(dataset),
            Dataset = dataset,
            Rows = rows,
            Bytes = bytes,
            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
            ControlSums = columns.Zip(sums).Where(pair => pair.Second is not null)
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
            ArrayPool<byte>.Shared.Return(block);
            block = [];
            hash.Dispose();
        }
    }

    /// <summary>Waits for the block on its way.</summary>
    private async Task LandAsync()
    {
        try
        {
            await flight;
        }
        finally
        {
            flight = Task.CompletedTask;
            if (blockInFlight is not null)
            {
                ArrayPool<byte>.Shared.Return(blockInFlight);
                blockInFlight = null;
            }
        }
    }

    private void Count()
    {
        hash.AppendData(block, 0, length);
        bytes += length;
    }

    private Span<byte> Reserve(int size)
    {
        // One more for the separator that follows every field.
        if (block.Length - length <= size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(block.Length * 2, length + size + 1));
            block.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(block);
            block = larger;
        }

        return block.AsSpan(length, size);
    }

    private void EndField()
    {
        Reserve(0);
        block[length++] = (byte)',';
        fieldEnds[field++] = length;
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
        length += written;
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
