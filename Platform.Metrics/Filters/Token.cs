namespace Platform.Metrics.Filters;

internal enum TokenKind
{
    Word,
    Text,
    Number,
    Symbol,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Value">A word or symbol as written, the content of a text, the digits of a number.</param>
/// <param name="Position">Place in the filter's text, counted from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Position)
{
    public bool IsWord(string word) => Kind == TokenKind.Word && Value.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Value == symbol;

    /// <summary>For messages: "'abc'", "text 'abc'", "the end".</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Text => $"text '{Value}'",
        _ => $"'{Value}'",
    };
}
