using System.Buffers.Binary;

namespace Platform.Worker.Loading.Checking;

/// <summary>The fields of a row that <see cref="RowCheck"/> wrote for COPY: the contract's columns, then partition, load and line.</summary>
internal sealed class CopyRow
{
    private const int OwnColumns = 3;

    private (int Start, int Length)[] _fields = [];
    private ReadOnlyMemory<byte> _row;

    /// <summary>Index of the partition's date.</summary>
    public int Partition { get; private set; }

    /// <param name="row">Valid as long as this row is asked.</param>
    public void Read(ReadOnlyMemory<byte> row)
    {
        _row = row;
        var bytes = row.Span;
        int count = BinaryPrimitives.ReadInt16BigEndian(bytes);
        Partition = count - OwnColumns;
        if (_fields.Length != count)
        {
            _fields = new (int, int)[count];
        }

        var at = sizeof(short);
        for (var index = 0; index < count; index++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
            at += sizeof(int);
            _fields[index] = (at, length);
            at += Math.Max(length, 0);
        }
    }

    public bool IsNull(int column) => _fields[column].Length < 0;

    /// <summary>The bytes of a value: equal values of a column have equal bytes.</summary>
    public ReadOnlySpan<byte> Field(int column) => _row.Span.Slice(_fields[column].Start, Math.Max(_fields[column].Length, 0));
}
