using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>Values of one column for a batch of rows, as columnar formats want them.</summary>
/// <param name="column">Which.</param>
/// <param name="capacity">Rows of a batch, a multiple of 8.</param>
internal abstract class ColumnBuffer(AnswerColumn column, int capacity)
{
    private readonly byte[] validity = new byte[capacity / 8];
    private Array? nullable;

    public AnswerColumn Column => column;

    public int Count { get; private set; }

    public int NullCount { get; private set; }

    /// <summary>One bit a row, the least significant first; 1 where there is a value.</summary>
    public ReadOnlyMemory<byte> Validity => validity.AsMemory(0, (Count + 7) / 8);

    public bool HasValue(int row) => (validity[row >> 3] & (1 << (row & 7))) != 0;

    /// <summary>The batch's values as a library wants them, null where there is none; good until the next batch.</summary>
    public ReadOnlyMemory<T?> Nullable<T>(Func<int, T> valueOf)
        where T : struct
    {
        // The same memory for every batch: it is large, and what is large is given back late.
        var values = nullable as T?[] ?? new T?[capacity];
        nullable = values;
        for (var row = 0; row < Count; row++)
        {
            values[row] = HasValue(row) ? valueOf(row) : null;
        }

        return values.AsMemory(0, Count);
    }

    public void AddNull()
    {
        AddEmpty(Count);
        Count++;
        NullCount++;
    }

    /// <exception cref="QueryException">The format has no room for the value.</exception>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (!TryAdd(Count, value))
        {
            AddNull();
            return;
        }

        validity[Count >> 3] |= (byte)(1 << (Count & 7));
        Count++;
    }

    public virtual void Clear()
    {
        Array.Clear(validity);
        Count = 0;
        NullCount = 0;
    }

    /// <summary>Takes the value; false for one that the format has no value for, such as infinity as a decimal.</summary>
    protected abstract bool TryAdd(int row, ReadOnlySpan<byte> value);

    protected abstract void AddEmpty(int row);

    protected QueryException NoRoom(ReadOnlySpan<byte> value) => new(new QueryFault(
        "format", $"'{Encoding.UTF8.GetString(value)}' in {column.Name} has no place in this format; ask for json or csv."));

    public static ColumnBuffer For(AnswerColumn column, int capacity) => column.Type switch
    {
        DataType.Integer => new IntegerBuffer(column, capacity),
        DataType.Decimal => new DecimalBuffer(column, capacity),
        DataType.Double => new DoubleBuffer(column, capacity),
        DataType.Boolean => new BooleanBuffer(column, capacity),
        DataType.Date => new DateBuffer(column, capacity),
        DataType.Timestamp or DataType.TimestampTz => new TimestampBuffer(column, capacity),
        _ => new TextBuffer(column, capacity),
    };
}

/// <summary>Values of one size.</summary>
internal abstract class ValueBuffer<T>(AnswerColumn column, int capacity) : ColumnBuffer(column, capacity)
    where T : struct
{
    protected T[] Items { get; } = new T[capacity];

    public T this[int row] => Items[row];

    public ReadOnlyMemory<T> Values => Items.AsMemory(0, Count);

    protected override void AddEmpty(int row) => Items[row] = default;
}

internal sealed class IntegerBuffer(AnswerColumn column, int capacity) : ValueBuffer<long>(column, capacity)
{
    protected override bool TryAdd(int row, ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out Items[row], out var length) && length == value.Length ? true : throw NoRoom(value);
}

internal sealed class DoubleBuffer(AnswerColumn column, int capacity) : ValueBuffer<double>(column, capacity)
{
    protected override bool TryAdd(int row, ReadOnlySpan<byte> value)
    {
        Items[row] = double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return true;
    }
}

internal sealed class BooleanBuffer(AnswerColumn column, int capacity) : ValueBuffer<bool>(column, capacity)
{
    protected override bool TryAdd(int row, ReadOnlySpan<byte> value)
    {
        Items[row] = value[0] == 't';
        return true;
    }
}

/// <summary>Days since 1970-01-01.</summary>
internal sealed class DateBuffer(AnswerColumn column, int capacity) : ValueBuffer<int>(column, capacity)
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    protected override bool TryAdd(int row, ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out DateTime day, out var length, 'O') && !TryParse(value, out day, out length))
        {
            throw NoRoom(value);
        }

        Items[row] = DateOnly.FromDateTime(day).DayNumber - Epoch;
        return length == value.Length ? true : throw NoRoom(value);
    }

    private static bool TryParse(ReadOnlySpan<byte> value, out DateTime day, out int length)
    {
        length = 10;
        day = default;
        if (value.Length != length
            || !Utf8Parser.TryParse(value[..4], out int year, out var digits) || digits != 4
            || !Utf8Parser.TryParse(value.Slice(5, 2), out int month, out digits) || digits != 2
            || !Utf8Parser.TryParse(value.Slice(8, 2), out int number, out digits) || digits != 2
            || year < 1)
        {
            return false;
        }

        day = new DateTime(year, month, number, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }
}

/// <summary>Microseconds since 1970-01-01 in UTC.</summary>
internal sealed class TimestampBuffer(AnswerColumn column, int capacity) : ValueBuffer<long>(column, capacity)
{
    protected override bool TryAdd(int row, ReadOnlySpan<byte> value)
    {
        Span<char> text = stackalloc char[64];
        if (value.Length > text.Length
            || !DateTimeOffset.TryParse(
                text[..Encoding.UTF8.GetChars(value, text)], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw NoRoom(value);
        }

        Items[row] = (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return true;
    }
}

/// <summary>Digits without the point, and how many stand behind it: PostgreSQL's numeric, exactly.</summary>
internal sealed class DecimalBuffer(AnswerColumn column, int capacity) : ColumnBuffer(column, capacity)
{
    private readonly (BigInteger Unscaled, int Scale)[] items = new (BigInteger, int)[capacity];

    /// <summary>Most digits behind the point in this batch.</summary>
    public int Scale { get; private set; }

    /// <summary>The value times 10^scale. Digits beyond the scale are rounded, half away from zero.</summary>
    public BigInteger Scaled(int row, int scale)
    {
        var (unscaled, own) = items[row];
        if (own <= scale)
        {
            return own == scale ? unscaled : unscaled * BigInteger.Pow(10, scale - own);
        }

        var divisor = BigInteger.Pow(10, own - scale);
        var quotient = BigInteger.DivRem(unscaled, divisor, out var rest);
        return BigInteger.Abs(rest) * 2 >= divisor ? quotient + unscaled.Sign : quotient;
    }

    public override void Clear()
    {
        base.Clear();
        Scale = 0;
    }

    protected override void AddEmpty(int row) => items[row] = default;

    protected override bool TryAdd(int row, ReadOnlySpan<byte> value)
    {
        if (value[^1] is (byte)'N' or (byte)'y')
        {
            return false;
        }

        var point = value.IndexOf((byte)'.');
        var scale = point < 0 ? 0 : value.Length - point - 1;
        items[row] = (Unscaled(value, point), scale);
        Scale = Math.Max(Scale, scale);
        return true;
    }

    private static BigInteger Unscaled(ReadOnlySpan<byte> value, int point)
    {
        // Up to 18 characters fit a long, which is most money there is.
        if (value.Length <= 18)
        {
            var number = 0L;
            foreach (var character in value)
            {
                if (char.IsAsciiDigit((char)character))
                {
                    number = (number * 10) + (character - '0');
                }
            }

            return value[0] == '-' ? -number : number;
        }

        Span<byte> digits = value.Length <= 256 ? stackalloc byte[value.Length] : new byte[value.Length];
        value.CopyTo(digits);
        if (point >= 0)
        {
            value[(point + 1)..].CopyTo(digits[point..]);
            digits = digits[..^1];
        }

        return BigInteger.Parse(Encoding.ASCII.GetString(digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}

/// <summary>Texts end to end, with the place where each begins.</summary>
internal sealed class TextBuffer(AnswerColumn column, int capacity) : ColumnBuffer(column, capacity)
{
    private readonly int[] offsets = new int[capacity + 1];
    private byte[] bytes = new byte[4096];

    public ReadOnlyMemory<int> Offsets => offsets.AsMemory(0, Count + 1);

    public ReadOnlyMemory<byte> Bytes => bytes.AsMemory(0, offsets[Count]);

    public string? Text(int row) => HasValue(row) ? Encoding.UTF8.GetString(bytes.AsSpan(offsets[row]..offsets[row + 1])) : null;

    protected override void AddEmpty(int row) => offsets[row + 1] = offsets[row];

    protected override bool TryAdd(int row, ReadOnlySpan<byte> value)
    {
        var end = offsets[row] + value.Length;
        if (end > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(end, 2 * bytes.Length));
        }

        value.CopyTo(bytes.AsSpan(offsets[row]));
        offsets[row + 1] = end;
        return true;
    }
}
