namespace Platform.Worker.Contracts.Drafting;

/// <summary>Whether all texts of a column are numbers with one decimal separator, and how many digits they need.</summary>
internal sealed class NumberProfile(char decimalSeparator)
{
    /// <summary>Whether every text so far is a number.</summary>
    public bool Fits { get; private set; } = true;

    public int WholeDigits { get; private set; }

    public int Decimals { get; private set; }

    /// <summary>Whether a number starts with a zero that is no digit of its value: then it is a code, not a number.</summary>
    public bool HasLeadingZeros { get; private set; }

    public void Add(ReadOnlySpan<char> text)
    {
        if (!Fits)
        {
            return;
        }

        var digits = text is ['-', ..] ? text[1..] : text;
        var separator = digits.IndexOf(decimalSeparator);
        var whole = separator < 0 ? digits : digits[..separator];
        var decimals = separator < 0 ? [] : digits[(separator + 1)..];
        HasLeadingZeros |= whole is ['0', _, ..];
        WholeDigits = Math.Max(WholeDigits, whole.Length);
        Decimals = Math.Max(Decimals, decimals.Length);
        Fits = IsDigits(whole) && (separator < 0 || IsDigits(decimals)) && WholeDigits + Decimals <= Parsing.ColumnTypes.MaxPrecision;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
