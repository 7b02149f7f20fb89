using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>Integers, numerics, dates and timestamps: read as a number, compared with the limits, written by type.</summary>
internal sealed class ScalarColumn<TReader> : CompiledColumn
    where TReader : struct, IFieldReader
{
    private readonly TReader _reader;
    private readonly long _minimum;
    private readonly long _maximum;
    private readonly long _step = 1;
    private readonly long[] _enumeration;
    private readonly bool _isAnyPermitted;

    public ScalarColumn(ContractColumn column, TReader reader)
        : base(column)
    {
        _reader = reader;
        (_minimum, _maximum) = RangeLimits.Of(column);
        _enumeration = [.. column.Enumeration.Select(text => RangeLimits.TryRead(column, Encoding.UTF8.GetBytes(text), out var value)
            ? value
            : throw new ArgumentException($"'{text}' is no {column.SqlType}.", nameof(column)))];
        if (column.MultipleOf is { } step)
        {
            _step = (long)(step * FieldText.PowerOfTen(column.Scale));
        }

        _isAnyPermitted = _enumeration.Length == 0 && _step == 1;
    }

    public override bool TryRead(ReadOnlySpan<byte> field, out long value) => _reader.TryRead(field, out value);

    public override bool TryNumber(ReadOnlySpan<byte> field, out decimal number) => FieldText.TryNumber(field, out number, _reader.Point);

    protected internal override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        if (!_reader.TryRead(field, out value) || value < _minimum || value > _maximum || !(_isAnyPermitted || (IsPermitted(value) && IsMultiple(value))))
        {
            return false;
        }

        _reader.Write(row, value);
        return true;
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        if (!_reader.TryRead(Encoding.UTF8.GetBytes(field), out var value))
        {
            yield return Broken(Rules.Type, field, $"is '{Shown(field)}'; expected {_reader.Expected}");
            yield break;
        }

        if (value < _minimum || value > _maximum)
        {
            yield return Broken(Rules.Range, field, $"is {field}; expected {Limits()}");
        }

        if (!IsPermitted(value))
        {
            yield return Broken(Rules.Enumeration, field, $"is {field}; expected one of {string.Join(", ", Column.Enumeration)}");
        }

        if (!IsMultiple(value))
        {
            yield return Broken(Rules.Multiple, field, $"is {field}; expected a multiple of {Column.MultipleOf}");
        }
    }

    private bool IsPermitted(long value) => _enumeration.Length == 0 || Array.IndexOf(_enumeration, value) >= 0;

    private bool IsMultiple(long value) => value % _step == 0;

    private string Limits() => (Column.Minimum, Column.Maximum) switch
    {
        ({ } minimum, { } maximum) => $"{Bound(">", minimum)} and {Bound("<", maximum)}",
        ({ } minimum, null) => Bound(">", minimum),
        (null, { } maximum) => Bound("<", maximum),
        _ => $"a {Column.SqlType}",
    };

    private static string Bound(string side, Limit limit) => $"{side}{(limit.Exclusive ? "" : "=")} {limit.Text}";
}
