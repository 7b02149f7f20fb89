using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>One column's checks and its binary form, compiled once per contract. Thread-safe: all state is the caller's.</summary>
internal abstract class CompiledColumn(ContractColumn column)
{
    /// <summary>Longest value that is shown with a violation, in bytes; a field may have megabytes.</summary>
    private const int ShownBytes = 1_000;

    public ContractColumn Column { get; } = column;

    public static CompiledColumn Compile(ContractColumn column) => column.Type switch
    {
        ColumnType.Text => new TextColumn(column),
        ColumnType.Boolean => new BooleanColumn(column),
        _ => new ScalarColumn(column),
    };

    /// <summary>Whether a text is of the column's type, whatever its limits.</summary>
    public static bool IsOfType(ContractColumn column, string text) => column.Type switch
    {
        ColumnType.Text => true,
        ColumnType.Boolean => text is "true" or "false",
        _ => ScalarColumn.TryRead(column, Encoding.UTF8.GetBytes(text), out _),
    };

    /// <summary>Appends the field to the row if it keeps the contract; otherwise appends nothing that may stay.</summary>
    /// <param name="field">The field's text, unquoted, valid UTF-8 without NUL.</param>
    /// <param name="row">Where to write.</param>
    /// <param name="value">The number that the text stands for, where the type has one.</param>
    public bool TryWrite(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        if (!field.IsEmpty)
        {
            return TryWriteValue(field, row, out value);
        }

        value = 0;
        row.WriteNull();
        return !Column.Required;
    }

    /// <summary>The rules that the field breaks; empty exactly when <see cref="TryWrite"/> accepts it.</summary>
    public IEnumerable<Violation> Explain(string field)
    {
        if (field.Length > 0)
        {
            return ExplainValue(field);
        }

        return Column.Required ? [Broken(Rules.Required, "", "is empty; a value is required")] : [];
    }

    public Violation Broken(string rule, string field, string message) => new(Column.Name, rule, Shown(field), $"{Column.Name} {message}.");

    protected static string Shown(string field) =>
        field.Length <= ShownBytes ? field : $"{field.AsSpan(0, ShownBytes)}... ({field.Length} characters)";

    protected abstract bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value);

    protected abstract IEnumerable<Violation> ExplainValue(string field);
}

/// <summary>Integers, numerics, dates and timestamps: read as a number, compared with the limits, written by type.</summary>
internal sealed class ScalarColumn : CompiledColumn
{
    private readonly long _minimum;
    private readonly long _maximum;
    private readonly long[] _enumeration;

    public ScalarColumn(ContractColumn column)
        : base(column)
    {
        (_minimum, _maximum) = RangeLimits.Of(column);
        _enumeration = [.. column.Enumeration.Select(text => TryRead(column, Encoding.UTF8.GetBytes(text), out var value)
            ? value
            : throw new ArgumentException($"'{text}' is no {column.SqlType}.", nameof(column)))];
    }

    /// <summary>The number that a text of the column's type stands for; see <see cref="FieldText"/>.</summary>
    public static bool TryRead(ContractColumn column, ReadOnlySpan<byte> field, out long value) => column.Type switch
    {
        ColumnType.Numeric => FieldText.TryNumeric(field, column.Precision, column.Scale, out value),
        ColumnType.Date => FieldText.TryDate(field, out value),
        ColumnType.Timestamp => FieldText.TryTimestamp(field, out value),
        ColumnType.Integer => FieldText.TryInteger(field, out value) && value is >= int.MinValue and <= int.MaxValue,
        _ => FieldText.TryInteger(field, out value),
    };

    protected override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        if (!TryRead(Column, field, out value) || value < _minimum || value > _maximum || !IsPermitted(value))
        {
            return false;
        }

        switch (Column.Type)
        {
            case ColumnType.Numeric:
                row.WriteNumericField(value, Column.Scale);
                break;
            case ColumnType.Integer or ColumnType.Date:
                row.WriteInt32Field((int)value);
                break;
            default:
                row.WriteInt64Field(value);
                break;
        }

        return true;
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        if (!TryRead(Column, Encoding.UTF8.GetBytes(field), out var value))
        {
            yield return Broken(Rules.Type, field, $"is '{Shown(field)}'; expected {Form()}");
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
    }

    private bool IsPermitted(long value) => _enumeration.Length == 0 || Array.IndexOf(_enumeration, value) >= 0;

    private string Form() => Column.Type switch
    {
        ColumnType.Numeric => $"a number with at most {Column.Precision - Column.Scale} digits before and {Column.Scale} after the point",
        ColumnType.Date => "a date yyyy-MM-dd",
        ColumnType.Timestamp => "a timestamp yyyy-MM-ddTHH:mm:ssZ with at most 6 decimals",
        ColumnType.Integer => "a whole number of 32 bits",
        _ => "a whole number of 64 bits",
    };

    private string Limits() => (Column.Minimum, Column.Maximum) switch
    {
        ({ } minimum, { } maximum) => $"{Bound(">", minimum)} and {Bound("<", maximum)}",
        ({ } minimum, null) => Bound(">", minimum),
        (null, { } maximum) => Bound("<", maximum),
        _ => $"a {Column.SqlType}",
    };

    private static string Bound(string side, Limit limit) => $"{side}{(limit.Exclusive ? "" : "=")} {limit.Text}";
}

/// <summary>Texts: length in characters, pattern, permitted values.</summary>
internal sealed class TextColumn : CompiledColumn
{
    private readonly int _minLength;
    private readonly int _maxLength;
    private readonly TextPattern? _pattern;
    private readonly byte[][] _enumeration;

    public TextColumn(ContractColumn column)
        : base(column)
    {
        _minLength = column.MinLength ?? 0;
        _maxLength = column.MaxLength ?? int.MaxValue;
        _pattern = column.Pattern is null ? null : TextPattern.Compile(column.Pattern);
        _enumeration = [.. column.Enumeration.Select(Encoding.UTF8.GetBytes)];
    }

    protected override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        value = 0;
        row.WriteBytesField(field);
        return HasLength(field) && (_pattern is null || _pattern.IsMatch(field)) && IsPermitted(field);
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        var utf8 = Encoding.UTF8.GetBytes(field);
        if (!HasLength(utf8))
        {
            var (limit, side) = CharacterCount(utf8) > _maxLength ? (_maxLength, "at most") : (_minLength, "at least");
            yield return Broken(Rules.Length, field, $"has {CharacterCount(utf8)} characters; expected {side} {limit}");
        }

        if (_pattern is not null && !_pattern.IsMatch(utf8))
        {
            yield return Broken(Rules.Pattern, field, $"is '{Shown(field)}'; expected the pattern {Column.Pattern}");
        }

        if (!IsPermitted(utf8))
        {
            yield return Broken(Rules.Enumeration, field, $"is '{Shown(field)}'; expected one of {string.Join(", ", Column.Enumeration)}");
        }
    }

    private bool HasLength(ReadOnlySpan<byte> utf8)
    {
        // A character has one to four bytes, so most texts need no counting.
        if (utf8.Length <= _maxLength && (_minLength == 0 || utf8.Length >= 4L * _minLength))
        {
            return true;
        }

        var characters = CharacterCount(utf8);
        return characters >= _minLength && characters <= _maxLength;
    }

    private bool IsPermitted(ReadOnlySpan<byte> utf8)
    {
        if (_enumeration.Length == 0)
        {
            return true;
        }

        foreach (var permitted in _enumeration)
        {
            if (utf8.SequenceEqual(permitted))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Code points, as PostgreSQL's char_length counts: every byte that does not continue a character.</summary>
    private static int CharacterCount(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
        {
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class BooleanColumn(ContractColumn column) : CompiledColumn(column)
{
    protected override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        var isTrue = field.SequenceEqual("true"u8);
        value = isTrue ? 1 : 0;
        row.WriteBooleanField(isTrue);
        return isTrue || field.SequenceEqual("false"u8);
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        if (field is not ("true" or "false"))
        {
            yield return Broken(Rules.Type, field, $"is '{Shown(field)}'; expected true or false");
        }
    }
}
