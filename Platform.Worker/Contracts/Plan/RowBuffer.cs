using System.Buffers;
using System.Buffers.Binary;

namespace Platform.Worker.Contracts.Plan;

/// <summary>
/// Rows in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, "Binary Format"): per row the number of fields, per field its
/// length (-1 is null) and bytes, big-endian.
/// </summary>
internal sealed class RowBuffer(int capacity) : IDisposable
{
    private static readonly byte[] FileHeader = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] FileTrailer = [0xFF, 0xFF];

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Starts the stream of rows: signature, no flags, no extension.</summary>
    public static ReadOnlyMemory<byte> Header => FileHeader;

    /// <summary>Ends the stream of rows.</summary>
    public static ReadOnlyMemory<byte> Trailer => FileTrailer;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Appends rows that were written elsewhere.</summary>
    public void Write(ReadOnlySpan<byte> rows) => rows.CopyTo(Reserve(rows.Length));

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Reserve(2), value);

    public void WriteNull() => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), -1);

    public void WriteInt32Field(int value)
    {
        var span = Reserve(8);
        BinaryPrimitives.WriteInt32BigEndian(span, 4);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], value);
    }

    public void WriteInt64Field(long value)
    {
        var span = Reserve(12);
        BinaryPrimitives.WriteInt32BigEndian(span, 8);
        BinaryPrimitives.WriteInt64BigEndian(span[4..], value);
    }

    public void WriteBooleanField(bool value)
    {
        var span = Reserve(5);
        BinaryPrimitives.WriteInt32BigEndian(span, 1);
        span[4] = value ? (byte)1 : (byte)0;
    }

    public void WriteBytesField(ReadOnlySpan<byte> value)
    {
        var span = Reserve(4 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(span, value.Length);
        value.CopyTo(span[4..]);
    }

    /// <summary>A numeric of <paramref name="scale"/> decimals: groups of four decimal digits on both sides of the point.</summary>
    public void WriteNumericField(long scaled, int scale)
    {
        Span<short> groups = stackalloc short[12];
        var count = 0;
        var magnitude = (ulong)Math.Abs(scaled);
        var unit = (ulong)FieldText.PowerOfTen(scale);
        var (whole, fraction) = Math.DivRem(magnitude, unit);

        // Groups of the whole part, lowest first, then turned round.
        while (whole > 0)
        {
            (whole, var group) = Math.DivRem(whole, 10_000UL);
            groups[count++] = (short)group;
        }

        groups[..count].Reverse();
        var weight = count - 1;
        for (var decimals = scale; decimals > 0 && fraction > 0; decimals -= 4)
        {
            ulong group;
            if (decimals > 4)
            {
                (group, fraction) = Math.DivRem(fraction, (ulong)FieldText.PowerOfTen(decimals - 4));
            }
            else
            {
                group = fraction * (ulong)FieldText.PowerOfTen(4 - decimals);
                fraction = 0;
            }

            if (count == 0 && group == 0)
            {
                weight--;
            }
            else
            {
                groups[count++] = (short)group;
            }
        }

        while (count > 0 && groups[count - 1] == 0)
        {
            count--;
        }

        var span = Reserve(12 + (2 * count));
        BinaryPrimitives.WriteInt32BigEndian(span, 8 + (2 * count));
        BinaryPrimitives.WriteInt16BigEndian(span[4..], (short)count);
        BinaryPrimitives.WriteInt16BigEndian(span[6..], (short)(count == 0 ? 0 : weight));
        BinaryPrimitives.WriteInt16BigEndian(span[8..], scaled < 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(span[10..], (short)scale);
        for (var index = 0; index < count; index++)
        {
            BinaryPrimitives.WriteInt16BigEndian(span[(12 + (2 * index))..], groups[index]);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
