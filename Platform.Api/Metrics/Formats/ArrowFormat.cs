using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>Apache Arrow's IPC stream. A field's metadata has unit and label, the schema's the publication.</summary>
internal sealed class ArrowFormat() : ColumnarFormat(BatchRows)
{
    // So few that a column's copy of them, 16 bytes each, is no large object, of which the collector takes none back for long.
    private const int BatchRows = 4_096;

    private ArrowStreamWriter? writer;
    private Schema? schema;

    public override void Dispose() => writer?.Dispose();

    protected override async ValueTask WriteStartAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        schema = new Schema(
            Columns.Select((column, at) => new Field(column.Column.Name, Type(column, Scales[at]), nullable: true, Metadata(column.Column))),
            new Dictionary<string, string>
            {
                ["publication_id"] = answer.Publication.Id.ToString(CultureInfo.InvariantCulture),
                ["published_at"] = answer.Publication.PublishedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            });
        writer = new ArrowStreamWriter(new BufferStream(buffer), schema);
        await writer.WriteStartAsync(cancellationToken);
    }

    protected override async ValueTask WriteBatchAsync(CancellationToken cancellationToken)
    {
        var arrays = Columns.Select((column, at) => ArrowArrayFactory.BuildArray(Data(column, Scales[at])));
        var batch = new RecordBatch(schema!, arrays, Columns[0].Count);
        await writer!.WriteRecordBatchAsync(batch, cancellationToken);
    }

    protected override async ValueTask WriteEndAsync(CancellationToken cancellationToken) => await writer!.WriteEndAsync(cancellationToken);

    private static IArrowType Type(ColumnBuffer column, int scale) => column switch
    {
        IntegerBuffer => Int64Type.Default,

        // 128 bits have 38 digits, which every reader knows; what has more behind the point alone needs 256.
        DecimalBuffer => scale <= 28 ? new Decimal128Type(38, scale) : new Decimal256Type(76, Math.Min(scale, 60)),
        DoubleBuffer => DoubleType.Default,
        BooleanBuffer => BooleanType.Default,
        DateBuffer => Date32Type.Default,
        TimestampBuffer => new TimestampType(TimeUnit.Microsecond, "UTC"),
        _ => StringType.Default,
    };

    private static Dictionary<string, string> Metadata(AnswerColumn column)
    {
        var metadata = new Dictionary<string, string>();
        if (column.Unit is { } unit)
        {
            metadata["unit"] = unit;
        }

        if (column.Label is { } label)
        {
            metadata["label"] = label;
        }

        return metadata;
    }

    private static ArrayData Data(ColumnBuffer column, int scale)
    {
        var type = Type(column, scale);
        ReadOnlyMemory<byte>[] values = column switch
        {
            IntegerBuffer integers => [Bytes(integers.Values)],
            TimestampBuffer times => [Bytes(times.Values)],
            DoubleBuffer doubles => [Bytes(doubles.Values)],
            DateBuffer days => [Bytes(days.Values)],
            BooleanBuffer booleans => [Bits(booleans.Values.Span)],
            DecimalBuffer decimals => [Decimals(decimals, ((FixedSizeBinaryType)type).ByteWidth, type is Decimal128Type narrow ? narrow.Scale : ((Decimal256Type)type).Scale)],
            TextBuffer texts => [Bytes(texts.Offsets), texts.Bytes],
            _ => throw new InvalidOperationException($"{column.GetType().Name} has no form in Arrow."),
        };
        return new ArrayData(
            type, column.Count, column.NullCount, 0, [new ArrowBuffer(column.NullCount == 0 ? default : column.Validity), .. values.Select(value => new ArrowBuffer(value))]);
    }

    private static ReadOnlyMemory<byte> Bytes<T>(ReadOnlyMemory<T> values)
        where T : struct => MemoryMarshal.AsBytes(values.Span).ToArray();

    private static byte[] Bits(ReadOnlySpan<bool> values)
    {
        var bits = new byte[(values.Length + 7) / 8];
        for (var at = 0; at < values.Length; at++)
        {
            bits[at >> 3] |= (byte)((values[at] ? 1 : 0) << (at & 7));
        }

        return bits;
    }

    /// <summary>Two's complement, little-endian.</summary>
    private static byte[] Decimals(DecimalBuffer column, int width, int scale)
    {
        var bytes = new byte[column.Count * width];
        for (var row = 0; row < column.Count; row++)
        {
            var item = bytes.AsSpan(row * width, width);
            var value = column.Scaled(row, scale);
            if (!value.TryWriteBytes(item, out var written))
            {
                throw new QueryException(new QueryFault(
                    "format", $"{value} / 10^{scale} in {column.Column.Name} has more digits than a decimal of Arrow; ask for json or csv."));
            }

            item[written..].Fill(value.Sign < 0 ? (byte)0xFF : (byte)0);
        }

        return bytes;
    }
}
