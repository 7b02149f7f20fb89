namespace Platform.Worker.Contracts.Drafting;

/// <summary>What is known of a file after reading it.</summary>
internal sealed class FileProfile(IReadOnlyList<ColumnProfile> columns)
{
    private static readonly string[] KeyWords = ["id", "no", "nr", "number", "nummer", "key", "code", "ref", "reference"];

    public IReadOnlyList<ColumnProfile> Columns => columns;

    /// <summary>Rows with as many fields as the header.</summary>
    public long Rows { get; set; }

    public long RaggedRows { get; set; }

    public long MalformedRows { get; set; }

    /// <summary>The separator with which more columns are numbers with decimals.</summary>
    public char DecimalSeparator =>
        columns.Count(column => IsDecimal(column, column.Comma)) > columns.Count(column => IsDecimal(column, column.Point)) ? ',' : '.';

    /// <summary>The one text that stands for no value in all columns that have such; null when there is none, or more.</summary>
    public string? NullText
    {
        get
        {
            var texts = columns.Where(column => Type(column) != ColumnType.Text).SelectMany(column => column.MissingValues).Distinct(StringComparer.Ordinal).ToList();
            return texts is [var one] ? one : null;
        }
    }

    public NumberProfile Numbers(ColumnProfile column) => DecimalSeparator == ',' ? column.Comma : column.Point;

    /// <summary>The narrowest type that all values have.</summary>
    public ColumnType Type(ColumnProfile column)
    {
        var numbers = Numbers(column);
        return column switch
        {
            { HasTyped: false } => ColumnType.Text,
            { IsBoolean: true } => ColumnType.Boolean,
            _ when numbers is { Fits: true, HasLeadingZeros: false } => numbers.Decimals > 0 ? ColumnType.Numeric : ColumnType.BigInt,
            { Dates.Fits: true } => column.Dates.IsDate ? ColumnType.Date : ColumnType.Timestamp,
            _ => ColumnType.Text,
        };
    }

    /// <summary>Whether the column always has a value.</summary>
    public bool IsRequired(ColumnProfile column) => Rows > 0 && column.Empty == 0 && (column.Missing == 0 || Type(column) == ColumnType.Text);

    /// <summary>Places of the columns that may be part of a key: those named like one first, then from the left.</summary>
    public IReadOnlyList<int> KeyColumns() =>
    [
        .. columns.Index()
            .Where(column => (Rows == 0 || IsRequired(column.Item)) && Type(column.Item) is not (ColumnType.Boolean or ColumnType.Numeric))
            .OrderBy(column => DraftNames.Of(column.Item.Header).Split('_').Any(word => KeyWords.Contains(word, StringComparer.Ordinal)) ? 0 : 1)
            .ThenBy(column => column.Index)
            .Select(column => column.Index),
    ];

    private static bool IsDecimal(ColumnProfile column, NumberProfile numbers) => column.HasTyped && numbers is { Fits: true, Decimals: > 0 };
}
