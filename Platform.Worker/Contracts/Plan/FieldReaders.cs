namespace Platform.Worker.Contracts.Plan;

/// <summary>How the text of one type becomes a number (see <see cref="FieldText"/>), and the number a COPY field. A struct: its code is compiled into the column's.</summary>
internal interface IFieldReader
{
    /// <summary>What a text should have been, in words.</summary>
    string Expected { get; }

    /// <summary>What stands before the decimals of a number.</summary>
    byte Point => (byte)'.';

    bool TryRead(ReadOnlySpan<byte> field, out long value);

    void Write(RowBuffer row, long value);
}

internal readonly struct IntegerReader : IFieldReader
{
    public string Expected => "a whole number of 32 bits";

    public bool TryRead(ReadOnlySpan<byte> field, out long value) =>
        FieldText.TryInteger(field, out value) && value is >= int.MinValue and <= int.MaxValue;

    public void Write(RowBuffer row, long value) => row.WriteInt32Field((int)value);
}

internal readonly struct BigIntReader : IFieldReader
{
    public string Expected => "a whole number of 64 bits";

    public bool TryRead(ReadOnlySpan<byte> field, out long value) => FieldText.TryInteger(field, out value);

    public void Write(RowBuffer row, long value) => row.WriteInt64Field(value);
}

internal readonly struct NumericReader(ContractColumn column, char point) : IFieldReader
{
    private readonly int _precision = column.Precision;
    private readonly int _scale = column.Scale;

    public string Expected =>
        $"a number with at most {_precision - _scale} digits before and {_scale} after the {(point == ',' ? "decimal comma" : "point")}";

    public byte Point { get; } = (byte)point;

    public bool TryRead(ReadOnlySpan<byte> field, out long value) => FieldText.TryNumeric(field, _precision, _scale, out value, Point);

    public void Write(RowBuffer row, long value) => row.WriteNumericField(value, _scale);
}

/// <summary>ISO 8601.</summary>
internal readonly struct DateReader : IFieldReader
{
    public string Expected => "a date yyyy-MM-dd";

    public bool TryRead(ReadOnlySpan<byte> field, out long value) => FieldText.TryDate(field, out value);

    public void Write(RowBuffer row, long value) => row.WriteInt32Field((int)value);
}

/// <summary>ISO 8601 with an offset.</summary>
internal readonly struct TimestampReader : IFieldReader
{
    public string Expected => "a timestamp yyyy-MM-ddTHH:mm:ssZ with at most 6 decimals";

    public bool TryRead(ReadOnlySpan<byte> field, out long value) => FieldText.TryTimestamp(field, out value);

    public void Write(RowBuffer row, long value) => row.WriteInt64Field(value);
}

/// <summary>ISO 8601 with an offset, or without one in a time zone: the text form of Parquet's timestamps.</summary>
internal readonly struct LocalTimestampReader(string zone) : IFieldReader
{
    private readonly LocalTime _zone = new(zone);

    public string Expected => $"a timestamp yyyy-MM-ddTHH:mm:ss that exists in {_zone.Name}";

    public bool TryRead(ReadOnlySpan<byte> field, out long value) =>
        FieldText.TryTimestamp(field, out value)
        || (FieldText.TryLocalTimestamp(field, out var local, out var rest) && rest.IsEmpty && _zone.TryToUtc(local, out value));

    public void Write(RowBuffer row, long value) => row.WriteInt64Field(value);
}

/// <summary>A contract's own form of dates.</summary>
internal readonly struct FormattedDateReader(string format) : IFieldReader
{
    private readonly DateText _format = new(format);

    public string Expected => $"a date {_format.Format}";

    public bool TryRead(ReadOnlySpan<byte> field, out long value)
    {
        var read = _format.TryRead(field, out var local, out _);
        value = local / FieldText.MicrosecondsPerDay;
        return read;
    }

    public void Write(RowBuffer row, long value) => row.WriteInt32Field((int)value);
}

/// <summary>A contract's own form of timestamps, with their offset or in a time zone.</summary>
internal readonly struct FormattedTimestampReader(ContractColumn column) : IFieldReader
{
    private readonly DateText _format = new(column.Format!);
    private readonly LocalTime? _zone = DateFormat.HasOffset(column.Format!) || column.TimeZone is null ? null : new LocalTime(column.TimeZone);

    public string Expected => $"a timestamp {_format.Format}{(_zone is null ? "" : $" that exists in {_zone.Name}")}";

    public bool TryRead(ReadOnlySpan<byte> field, out long value)
    {
        if (!_format.TryRead(field, out value, out var offsetMinutes))
        {
            return false;
        }

        if (_zone is not null)
        {
            return _zone.TryToUtc(value, out value);
        }

        value -= offsetMinutes * FieldText.MicrosecondsPerMinute;
        return true;
    }

    public void Write(RowBuffer row, long value) => row.WriteInt64Field(value);
}
