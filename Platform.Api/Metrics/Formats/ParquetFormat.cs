using System.Buffers;
using System.Globalization;
using System.Numerics;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>Apache Parquet, Snappy, a row group for each batch. The file's metadata has the publication.</summary>
internal sealed class ParquetFormat() : ColumnarFormat(RowGroupRows)
{
    private const int RowGroupRows = 65_536;

    // Digits of a decimal in 16 bytes.
    private const int Precision = 38;

    private static readonly BigInteger Greatest = BigInteger.Pow(10, Precision);
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    private ParquetWriter? writer;
    private ParquetSchema? schema;

    public override void Dispose()
    {
    }

    protected override async ValueTask WriteStartAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        schema = new ParquetSchema(Columns.Select((column, at) => (Field)FieldOf(column, Scales[at])));
        writer = await ParquetWriter.CreateAsync(
            schema,
            new BufferStream(buffer),
            new ParquetOptions { UseDateOnlyTypeForDates = true, UseBigDecimal = true, CompressionMethod = CompressionMethod.Snappy },
            cancellationToken: cancellationToken);
        writer.CustomMetadata = new Dictionary<string, string>
        {
            ["publication_id"] = answer.Publication.Id.ToString(CultureInfo.InvariantCulture),
            ["published_at"] = answer.Publication.PublishedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
    }

    protected override async ValueTask WriteBatchAsync(CancellationToken cancellationToken)
    {
        using var group = writer!.CreateRowGroup();
        foreach (var (field, column) in schema!.DataFields.Zip(Columns))
        {
            await (column switch
            {
                IntegerBuffer integers => group.WriteAsync(field, integers.Nullable(row => integers[row]), cancellationToken: cancellationToken),
                DoubleBuffer doubles => group.WriteAsync(field, doubles.Nullable(row => doubles[row]), cancellationToken: cancellationToken),
                BooleanBuffer booleans => group.WriteAsync(field, booleans.Nullable(row => booleans[row]), cancellationToken: cancellationToken),
                DateBuffer days => group.WriteAsync(field, days.Nullable(row => Epoch.AddDays(days[row])), cancellationToken: cancellationToken),
                TimestampBuffer times => group.WriteAsync(field, times.Nullable(row => DateTime.UnixEpoch.AddMicroseconds(times[row])), cancellationToken: cancellationToken),
                DecimalBuffer decimals => group.WriteAsync(field, Decimals(decimals, ((BigDecimalDataField)field).Scale), cancellationToken: cancellationToken),
                TextBuffer texts => group.WriteAsync(field, (IReadOnlyCollection<string?>)[.. Enumerable.Range(0, texts.Count).Select(texts.Text)]),
                _ => throw new InvalidOperationException($"{column.GetType().Name} has no form in Parquet."),
            });
        }
    }

    protected override async ValueTask WriteEndAsync(CancellationToken cancellationToken) => await writer!.DisposeAsync();

    private static DataField FieldOf(ColumnBuffer column, int scale) => column switch
    {
        IntegerBuffer => new DataField<long?>(column.Column.Name),
        DoubleBuffer => new DataField<double?>(column.Column.Name),
        BooleanBuffer => new DataField<bool?>(column.Column.Name),
        DateBuffer => new DataField<DateOnly?>(column.Column.Name),
        TimestampBuffer => new DateTimeDataField(
            column.Column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: true),
        DecimalBuffer => new BigDecimalDataField(column.Column.Name, Precision, Math.Min(scale, Precision - 8), isNullable: true),
        _ => new DataField<string>(column.Column.Name),
    };

    private static ReadOnlyMemory<BigDecimal?> Decimals(DecimalBuffer column, int scale) => column.Nullable(row =>
    {
        var value = column.Scaled(row, scale);
        return BigInteger.Abs(value) < Greatest ? new BigDecimal(value, Precision, scale) : throw new QueryException(new QueryFault(
            "format", $"{value} / 10^{scale} in {column.Column.Name} has more than {Precision} digits, which Parquet has no room for; ask for json or csv."));
    });
}
