using System.Text;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>What is known of one column after reading its fields, in memory that does not grow with the file.</summary>
internal sealed class ColumnProfile(string header)
{
    /// <summary>Most different values that a draft lists as the permitted ones.</summary>
    private const int MaxListed = 12;

    private const int LongestTyped = 64;

    /// <summary>Texts that suppliers write where there is no value.</summary>
    private static readonly HashSet<string> NoValues = ["NULL", "null", "N/A", "n/a", "NA", "#N/A", "\\N", "-", "None", "(null)"];

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _noValues = NoValues.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly SortedSet<string> _values = new(StringComparer.Ordinal);

    public string Header => header;

    public long Fields { get; private set; }

    public long Empty { get; private set; }

    /// <summary>Fields that hold one of <see cref="MissingValues"/>.</summary>
    public long Missing { get; private set; }

    /// <summary>Texts found that stand for no value unless the column is a text.</summary>
    public SortedSet<string> MissingValues { get; } = new(StringComparer.Ordinal);

    public NumberProfile Point { get; } = new('.');

    public NumberProfile Comma { get; } = new(',');

    public DateProfile Dates { get; } = new();

    public bool IsBoolean { get; private set; } = true;

    /// <summary>Most characters (code points).</summary>
    public int MaxLength { get; private set; }

    /// <summary>The different values; null when they are more than a draft lists.</summary>
    public IReadOnlyCollection<string>? Values => _values.Count <= MaxListed ? _values : null;

    public bool HasTyped => Fields > Empty + Missing;

    public void Add(ReadOnlySpan<byte> utf8)
    {
        Fields++;
        if (utf8.IsEmpty)
        {
            Empty++;
            return;
        }

        if (utf8.Length > LongestTyped)
        {
            AddLong(utf8);
            return;
        }

        Span<char> buffer = stackalloc char[LongestTyped];
        var text = buffer[..Encoding.UTF8.GetChars(utf8, buffer)];
        MaxLength = Math.Max(MaxLength, text.Length);
        if (_values.Count <= MaxListed)
        {
            _values.Add(text.ToString());
        }

        if (_noValues.Contains(text))
        {
            Missing++;
            MissingValues.Add(text.ToString());
            return;
        }

        Point.Add(text);
        Comma.Add(text);
        IsBoolean = IsBoolean && text is "true" or "false";
        if (Dates.Fits)
        {
            Dates.Add(utf8, text);
        }
    }

    private void AddLong(ReadOnlySpan<byte> utf8)
    {
        MaxLength = Math.Max(MaxLength, Encoding.UTF8.GetCharCount(utf8));
        Point.Add("no number");
        Comma.Add("no number");
        IsBoolean = false;
        Dates.Add("no date"u8, "no date");
        for (var more = 0; _values.Count <= MaxListed; more++)
        {
            _values.Add($"too long to list {more}");
        }
    }
}
