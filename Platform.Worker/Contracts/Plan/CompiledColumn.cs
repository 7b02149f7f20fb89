using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>One column's checks and its binary form, compiled once per contract. Thread-safe: all state is the caller's.</summary>
internal abstract class CompiledColumn(ContractColumn column)
{
    /// <summary>Longest value that is shown with a violation, in bytes; a field may have megabytes.</summary>
    private const int ShownBytes = 1_000;

    private readonly string _label = column.HeaderName is { } header ? $"{column.Name} ('{header}')" : column.Name;

    public ContractColumn Column { get; } = column;

    /// <summary>Chooses the reader once: a form that is not the default costs the others nothing.</summary>
    public static CompiledColumn Compile(ContractColumn column, FileForm form)
    {
        CompiledColumn compiled = column.Type switch
        {
            ColumnType.Text => new TextColumn(column),
            ColumnType.Boolean => new BooleanColumn(column),
            ColumnType.Integer => new ScalarColumn<IntegerReader>(column, default),
            ColumnType.BigInt => new ScalarColumn<BigIntReader>(column, default),
            ColumnType.Numeric => new ScalarColumn<NumericReader>(column, new NumericReader(column, form.DecimalSeparator)),
            ColumnType.Date when column.Format is { } format => new ScalarColumn<FormattedDateReader>(column, new FormattedDateReader(format)),
            ColumnType.Date => new ScalarColumn<DateReader>(column, default),
            _ when column.Format is not null => new ScalarColumn<FormattedTimestampReader>(column, new FormattedTimestampReader(column)),
            _ when column.TimeZone is { } zone => new ScalarColumn<LocalTimestampReader>(column, new LocalTimestampReader(zone)),
            _ => new ScalarColumn<TimestampReader>(column, default),
        };
        string[] missing = [.. column.MissingValues, .. form.NullText is { Length: > 0 } text ? [text] : Array.Empty<string>()];
        return missing.Length == 0 ? compiled : new ColumnWithMissingTexts(compiled, missing);
    }

    /// <summary>Whether a text is of the column's type as contracts write it, whatever its limits.</summary>
    public static bool IsOfType(ContractColumn column, string text) => column.Type switch
    {
        ColumnType.Text => true,
        ColumnType.Boolean => text is "true" or "false",
        _ => RangeLimits.TryRead(column, Encoding.UTF8.GetBytes(text), out _),
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

    /// <summary>The number that the field stands for (see <see cref="FieldText"/>), where the type has one and the field is of it.</summary>
    public virtual bool TryRead(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        return false;
    }

    /// <summary>The field as a number whatever its digits.</summary>
    public virtual bool TryNumber(ReadOnlySpan<byte> field, out decimal number) => FieldText.TryNumber(field, out number);

    public Violation Broken(string rule, string field, string message) => new(Column.Name, rule, Shown(field), $"{_label} {message}.");

    public static string Shown(string field) =>
        field.Length <= ShownBytes ? field : $"{field.AsSpan(0, ShownBytes)}... ({field.Length} characters)";

    protected internal abstract bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value);

    protected abstract IEnumerable<Violation> ExplainValue(string field);
}
