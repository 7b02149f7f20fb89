using System.Buffers;
using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Meta;
using Parquet.Schema;

namespace Platform.Worker.Loading.ParquetFiles;

/// <summary>One column of a Parquet file: the values of a row group, written as the fields of CSV one after the other.</summary>
internal abstract class ParquetColumn(DataField field) : IDisposable
{
    /// <summary>Digits that a decimal of .NET holds whatever they are.</summary>
    public const int MaxDecimalDigits = 28;

    /// <summary>Most bytes of a row group in memory.</summary>
    private const long MaxGroupBytes = 256L << 20;

    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    public string Name => Field.Name;

    protected DataField Field { get; } = field;

    /// <summary>Bytes that a value takes in memory, without what it points to.</summary>
    protected abstract int ValueBytes { get; }

    /// <summary>Why values of the column have no text; null when they have.</summary>
    public static string? Fault(DataField field) => field.MaxRepetitionLevel > 0 || field.Path.Length > 1
        ? $"column '{field.Path.FirstPart}' is nested (a list, map or group), which is not implemented; expected one value per row"
        : TryCreate(field) is null
            ? $"column '{field.Name}' is of type {field.ClrType.Name}, which is not implemented; expected text, numbers, boolean, date or timestamp"
            : null;

    public static ParquetColumn Of(DataField field) => TryCreate(field) ?? throw new NotSupportedException(Fault(field));

    /// <summary>Why a row group does not fit into memory; null when it does.</summary>
    public static string? TooLarge(ParquetRowGroupReader group, IReadOnlyList<ParquetColumn> columns)
    {
        var stored = Math.Max(group.RowGroup.TotalByteSize, columns.Sum(column => group.GetMetadata(column.Field)?.MetaData?.TotalUncompressedSize ?? 0));
        var bytes = stored + (group.RowCount * (double)columns.Sum(column => column.ValueBytes + sizeof(int)));
        return group.RowCount < 0 || bytes > MaxGroupBytes
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"has {group.RowCount} rows, which would take {bytes / (1 << 20):F0} MB of memory; at most {MaxGroupBytes >> 20} are taken. Write smaller row groups")
            : null;
    }

    public static void WriteSeparator(ArrayBufferWriter<byte> text, int column)
    {
        if (column > 0)
        {
            text.Write(","u8);
        }
    }

    /// <param name="text">Where to write.</param>
    /// <param name="field">The field, in quotes where it needs them.</param>
    /// <param name="isOnly">Whether it is the record's only field: without quotes an empty one would be an empty line, which is no record.</param>
    public static void WriteText(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> field, bool isOnly)
    {
        if (!field.ContainsAny(Special) && !(isOnly && field.IsEmpty))
        {
            text.Write(field);
            return;
        }

        text.Write("\""u8);
        for (int quote; (quote = field.IndexOf((byte)'"')) >= 0; field = field[(quote + 1)..])
        {
            text.Write(field[..quote]);
            text.Write("\"\""u8);
        }

        text.Write(field);
        text.Write("\""u8);
    }

    /// <summary>Reads the column's values of a row group.</summary>
    public abstract Task LoadAsync(ParquetRowGroupReader group, CancellationToken cancellationToken);

    /// <summary>Writes the next row's value; nothing for null.</summary>
    public abstract void WriteNext(ArrayBufferWriter<byte> text, bool isOnly);

    public abstract void Dispose();

    private static ParquetColumn? TryCreate(DataField field) => field.ClrType switch
    {
        _ when IsTime(field) => null,
        var type when type == typeof(ReadOnlyMemory<char>) => new ParquetColumn<ReadOnlyMemory<char>>(field, ParquetValue.Write),
        var type when type == typeof(ReadOnlyMemory<byte>) => new ParquetColumn<ReadOnlyMemory<byte>>(field, ParquetValue.Write),
        var type when type == typeof(bool) => new ParquetColumn<bool>(field, ParquetValue.Write),
        var type when type == typeof(sbyte) => new ParquetColumn<sbyte>(field, ParquetValue.WriteNumber),
        var type when type == typeof(byte) => new ParquetColumn<byte>(field, ParquetValue.WriteNumber),
        var type when type == typeof(short) => new ParquetColumn<short>(field, ParquetValue.WriteNumber),
        var type when type == typeof(ushort) => new ParquetColumn<ushort>(field, ParquetValue.WriteNumber),
        var type when type == typeof(int) => new ParquetColumn<int>(field, ParquetValue.WriteNumber),
        var type when type == typeof(uint) => new ParquetColumn<uint>(field, ParquetValue.WriteNumber),
        var type when type == typeof(long) => new ParquetColumn<long>(field, ParquetValue.WriteNumber),
        var type when type == typeof(ulong) => new ParquetColumn<ulong>(field, ParquetValue.WriteNumber),
        var type when type == typeof(float) => new ParquetColumn<float>(field, ParquetValue.WriteFloat),
        var type when type == typeof(double) => new ParquetColumn<double>(field, ParquetValue.WriteFloat),
        var type when type == typeof(decimal) => new ParquetColumn<decimal>(field, ParquetValue.Write),
        var type when type == typeof(BigDecimal) => new ParquetColumn<BigDecimal>(field, ParquetValue.Write),
        var type when type == typeof(Guid) => new ParquetColumn<Guid>(field, ParquetValue.WriteNumber),
        var type when type == typeof(DateOnly) => new ParquetColumn<DateOnly>(field, ParquetValue.Write),
        var type when type == typeof(DateTime) && IsUtc(field) => new ParquetColumn<DateTime>(field, ParquetValue.WriteUtc),
        var type when type == typeof(DateTime) => new ParquetColumn<DateTime>(field, ParquetValue.WriteLocal),
        _ => null,
    };

    /// <summary>A time of day is a number of its own unit to the library.</summary>
    private static bool IsTime(DataField field) =>
        field.SchemaElement is { } element && (element.LogicalType?.TIME is not null || element.ConvertedType is ConvertedType.TIME_MILLIS or ConvertedType.TIME_MICROS);

    /// <summary>Without a logical type it is the older form, which is UTC.</summary>
    private static bool IsUtc(DataField field) => field.SchemaElement?.LogicalType?.TIMESTAMP?.IsAdjustedToUTC ?? true;
}

/// <param name="field">The column.</param>
/// <param name="write">Writes a value as text.</param>
internal sealed class ParquetColumn<T>(DataField field, Action<ArrayBufferWriter<byte>, T> write) : ParquetColumn(field)
    where T : struct
{
    private RawColumnData<T>? _values;
    private int _row;
    private int _value;

    protected override int ValueBytes => System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    public override async Task LoadAsync(ParquetRowGroupReader group, CancellationToken cancellationToken)
    {
        _values?.Dispose();
        _values = null;
        _values = (RawColumnData<T>)await group.ReadRawColumnDataBaseAsync(Field, cancellationToken);
        (_row, _value) = (0, 0);
    }

    public override void WriteNext(ArrayBufferWriter<byte> text, bool isOnly)
    {
        // Values stand one after the other, without gaps for rows that have none.
        var isNull = Field.MaxDefinitionLevel > 0 && _values!.DefinitionLevels[_row] < Field.MaxDefinitionLevel;
        _row++;
        var before = text.WrittenCount;
        if (!isNull)
        {
            write(text, _values!.Values[_value++]);
        }

        if (isOnly && text.WrittenCount == before)
        {
            WriteText(text, [], isOnly);
        }
    }

    public override void Dispose()
    {
        _values?.Dispose();
        _values = null;
    }
}
