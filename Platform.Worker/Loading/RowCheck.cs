using System.IO.Hashing;
using System.Text;
using System.Text.Unicode;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading;

/// <summary>
/// Checks the records of one file against the contract and writes the good ones as COPY rows. On the way it counts rows and adds up the
/// control sums. A good row costs no allocation.
/// </summary>
internal sealed class RowCheck
{
    private const int LongestCurrency = 8;

    private readonly RecordForm _form;
    private readonly CompiledColumn[] _columns;
    private readonly int[] _fields;
    private readonly int[] _unknown;
    private readonly int[] _key;
    private readonly int[] _sumColumns;
    private readonly int _amountColumn;
    private readonly int _currencyColumn;
    private readonly string? _currency;
    private readonly string[] _header;
    private readonly int _partitionColumn;
    private readonly bool _partitionIsTimestamp;
    private readonly DateOnly _partition;
    private readonly long _partitionDay;
    private readonly long _loadId;
    private readonly long[] _values;
    private readonly int[] _starts;
    private readonly Int128[] _fileSums;
    private readonly Int128[] _rejectedSums;

    private RowCheck(DatasetContract contract, RecordForm form, HeaderColumns header, DateOnly partition, long loadId, int lineOffset)
    {
        _form = form;
        _columns = [.. contract.Columns.Select(column => CompiledColumn.Compile(column, contract.Form))];
        _fields = header.Fields;
        _unknown = header.Unknown;
        _header = header.Names;
        _key = [.. contract.Key.Select(name => IndexOf(contract, name))];
        _sumColumns = [.. contract.ControlSums.Select(name => IndexOf(contract, name))];
        _amountColumn = contract.Policy.AmountColumn is { } amount ? IndexOf(contract, amount) : -1;
        _currency = contract.Policy.AmountCurrency;
        _currencyColumn = contract.Columns.Any(item => item.Name == _currency) ? IndexOf(contract, _currency!) : -1;
        _partitionColumn = contract.PartitionColumn is { } column ? IndexOf(contract, column) : -1;
        _partitionIsTimestamp = _partitionColumn >= 0 && contract.Columns[_partitionColumn].Type == ColumnType.Timestamp;
        _partition = partition;
        _partitionDay = partition.DayNumber - FieldText.EpochDay;
        _loadId = loadId;
        LineOffset = lineOffset;
        LastLine = lineOffset;
        _values = new long[_columns.Length];
        _starts = new int[_columns.Length + 1];
        _fileSums = new Int128[_sumColumns.Length];
        _rejectedSums = new Int128[_sumColumns.Length];
    }

    /// <summary>Good and bad rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether rows are written with their partition and load, which are the same in all rows of a load.</summary>
    public bool CarriesLoad { get; set; } = true;

    /// <summary>What is added to a record's line to give its <c>_line</c>.</summary>
    public int LineOffset { get; set; }

    /// <summary><c>_line</c> of the last record so far.</summary>
    public int LastLine { get; private set; }

    /// <summary>Sums of the control columns over the file, in contract order.</summary>
    public IReadOnlyList<decimal> FileSums => Scaled(_fileSums);

    /// <summary>Sums of the control columns over the rows that were rejected here, in contract order.</summary>
    public IReadOnlyList<decimal> RejectedSums => Scaled(_rejectedSums);

    /// <summary>Finds the contract's columns in the header, in any order.</summary>
    /// <exception cref="Exception">What <paramref name="fault"/> makes of a header that is not the contract's.</exception>
    public static RowCheck Bind(
        DatasetContract contract,
        RecordForm form,
        IReadOnlyList<string> header,
        DateOnly partition,
        long loadId,
        int lineOffset,
        Func<string, long?, Exception?, Exception> fault) =>
        HeaderColumns.TryFind(contract, header, out var columns) is { } what
            ? throw fault(what, 1, null)
            : new RowCheck(form.Read(contract), form, columns, partition, loadId, lineOffset);

    /// <summary>Writes the record as a row if it keeps the contract; otherwise writes nothing.</summary>
    /// <param name="record">The record at which the reader stands.</param>
    /// <param name="rows">Where good rows go.</param>
    /// <param name="keyHash">Hash of the key: equal keys have equal hashes.</param>
    public bool TryWrite(CsvRecords record, RowBuffer rows, out ulong keyHash)
    {
        var start = rows.Length;
        keyHash = 0;
        if (record.Fault is not null || record.FieldCount != _header.Length || !IsText(record.Raw) || !TryWriteColumns(record, rows))
        {
            rows.Truncate(start);
            return false;
        }

        if (CarriesLoad)
        {
            rows.WriteInt32Field((int)_partitionDay);
            rows.WriteInt64Field(_loadId);
        }

        LastLine = checked(LineOffset + record.Line);
        rows.WriteInt32Field(LastLine);
        foreach (var column in _key)
        {
            keyHash = XxHash3.HashToUInt64(rows.Slice(_starts[column], _starts[column + 1] - _starts[column]), (long)keyHash);
        }

        for (var index = 0; index < _sumColumns.Length; index++)
        {
            _fileSums[index] += _values[_sumColumns[index]];
        }

        Rows++;
        return true;
    }

    /// <summary>Says why <see cref="TryWrite"/> refused the record, and counts it among the bad ones.</summary>
    public RejectedRow Reject(CsvRecords record)
    {
        var violations = Violations(record).ToList();
        var stake = StakeOf(record);
        for (var index = 0; index < stake.Sums.Count; index++)
        {
            var (number, unit) = (stake.Sums[index] ?? 0, FieldText.PowerOfTen(_columns[_sumColumns[index]].Column.Scale));
            var whole = decimal.Truncate(number);
            var scaled = ((Int128)whole * unit) + (Int128)((number - whole) * unit);
            _fileSums[index] += scaled;
            _rejectedSums[index] += scaled;
        }

        Rows++;
        LastLine = checked(LineOffset + record.Line);
        return RejectedRow.From(record.Line, violations, record.Raw, stake);
    }

    /// <summary>
    /// What a row stands for: rows with the right number of fields count wherever the value is a number that the widest column could hold;
    /// decimals beyond the column's are cut off.
    /// </summary>
    public RowStake StakeOf(CsvRecords record)
    {
        if (record.Fault is not null || record.FieldCount != _header.Length)
        {
            return RowStake.None;
        }

        var sums = new decimal?[_sumColumns.Length];
        for (var index = 0; index < sums.Length; index++)
        {
            sums[index] = NumberOf(record, _sumColumns[index]);
        }

        return new RowStake(sums, _amountColumn < 0 ? null : NumberOf(record, _amountColumn), CurrencyOf(record));
    }

    private static int IndexOf(DatasetContract contract, string name) => contract.Columns.Index().First(item => item.Item.Name == name).Index;

    /// <summary>PostgreSQL takes valid UTF-8 without NUL only.</summary>
    private static bool IsText(ReadOnlySpan<byte> raw) => !raw.Contains((byte)0) && Utf8.IsValid(raw);

    private bool TryWriteColumns(CsvRecords record, RowBuffer rows)
    {
        rows.WriteInt16((short)(_columns.Length + (CarriesLoad ? 3 : 1)));
        for (var index = 0; index < _columns.Length; index++)
        {
            _starts[index] = rows.Length;
            if (!_columns[index].TryWrite(FieldOf(record, index), rows, out _values[index])
                || (index == _partitionColumn && !IsInPartition(_values[index])))
            {
                return false;
            }
        }

        _starts[_columns.Length] = rows.Length;
        foreach (var field in _unknown)
        {
            if (!record.Field(field).IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The field of a column; empty where the file does not have the column, since only what is optional may lack.</summary>
    public ReadOnlySpan<byte> FieldOf(CsvRecords record, int column) => _fields[column] < 0 ? [] : record.Field(_fields[column]);

    private bool IsInPartition(long value) => (_partitionIsTimestamp ? FieldText.DayOf(value) : value) == _partitionDay;

    private List<Violation> Violations(CsvRecords record)
    {
        if (!IsText(record.Raw))
        {
            return [new Violation(null, Rules.Encoding, null, record.Raw.Contains((byte)0)
                ? "The line holds NUL bytes (shown as \u2400); a text has none."
                : $"The line is not valid {_form.Encoding.WebName.ToUpperInvariant()} (bad bytes are shown as \uFFFD).")];
        }

        if (record.Fault is { } quoting)
        {
            return [new Violation(null, Rules.Columns, null, $"The line cannot be split into columns: {quoting} (RFC 4180).")];
        }

        if (record.FieldCount != _header.Length)
        {
            return [new Violation(null, Rules.Columns, null, $"The line has {record.FieldCount} fields; the header has {_header.Length}.")];
        }

        var violations = new List<Violation>();
        for (var index = 0; index < _columns.Length; index++)
        {
            var field = Encoding.UTF8.GetString(FieldOf(record, index));
            var before = violations.Count;
            violations.AddRange(_columns[index].Explain(field));
            if (index == _partitionColumn && violations.Count == before && OutsidePartition(_columns[index], field) is { } outside)
            {
                violations.Add(outside);
            }
        }

        foreach (var index in _unknown)
        {
            if (Encoding.UTF8.GetString(record.Field(index)) is { Length: > 0 } field)
            {
                violations.Add(HeaderColumns.UnknownValue(_header[index], field));
            }
        }

        return violations;
    }

    private Violation? OutsidePartition(CompiledColumn column, string field) =>
        column.TryRead(Encoding.UTF8.GetBytes(field), out var value) && !IsInPartition(value)
            ? column.Broken(Rules.Partition, field, $"is {field}; expected the data date {_partition:yyyy-MM-dd} of the partition")
            : null;

    private decimal? NumberOf(CsvRecords record, int column)
    {
        if (!_columns[column].TryNumber(FieldOf(record, column), out var number) || decimal.Abs(number) >= FieldText.PowerOfTen(18))
        {
            return null;
        }

        var scale = _columns[column].Column.Scale;
        var whole = decimal.Truncate(number);
        var unit = FieldText.PowerOfTen(scale);

        // The zero gives the number its decimals.
        return whole + (decimal.Truncate((number - whole) * unit) / unit) + new decimal(0, 0, 0, false, (byte)scale);
    }

    private string? CurrencyOf(CsvRecords record)
    {
        if (_currencyColumn < 0)
        {
            return _currency;
        }

        var field = FieldOf(record, _currencyColumn);
        return field.Length is > 0 and <= LongestCurrency ? RejectedRow.Storable(Encoding.UTF8.GetString(field)) : null;
    }

    private decimal[] Scaled(Int128[] sums) =>
        [.. sums.Select((sum, index) => (decimal)sum / FieldText.PowerOfTen(_columns[_sumColumns[index]].Column.Scale))];
}
