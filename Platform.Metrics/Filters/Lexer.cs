using System.Collections.Immutable;
using System.Text;

namespace Platform.Metrics.Filters;

/// <summary>Cuts a filter into words, texts, numbers and symbols.</summary>
internal static class Lexer
{
    private static readonly string[] Symbols =
        ["{{", "}}", "<>", "!=", "<=", ">=", "||", "::", "=", "<", ">", "(", ")", "[", "]", ",", ".", "-", "+", "*", "/", "%"];

    /// <exception cref="FilterException">A character that no filter has, or a text that does not end.</exception>
    public static ImmutableArray<Token> Read(string text)
    {
        var tokens = ImmutableArray.CreateBuilder<Token>();
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            var character = text[at];
            if (char.IsWhiteSpace(character))
            {
                at++;
            }
            else if (char.IsAsciiLetter(character) || character == '_')
            {
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
                {
                    at++;
                }

                tokens.Add(new Token(TokenKind.Word, text[start..at], start));
            }
            else if (char.IsAsciiDigit(character))
            {
                at = NumberEnd(text, at);
                tokens.Add(new Token(TokenKind.Number, text[start..at], start));
            }
            else if (character is '\'' or '"')
            {
                tokens.Add(new Token(TokenKind.Text, Quoted(text, ref at), start));
            }
            else if (Symbols.FirstOrDefault(symbol => string.CompareOrdinal(text, start, symbol, 0, symbol.Length) == 0) is { } symbol)
            {
                at += symbol.Length;
                tokens.Add(new Token(TokenKind.Symbol, symbol, start));
            }
            else
            {
                throw new FilterException($"'{Rune.GetRuneAt(text, at)}' has no meaning in a filter.", at);
            }
        }

        tokens.Add(new Token(TokenKind.End, "", text.Length));
        return tokens.ToImmutable();
    }

    private static int NumberEnd(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }
        }

        return at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_')
            ? throw new FilterException("A number goes over into a word; texts and dates stand in quotes: '2026-01-31'.", at)
            : at;
    }

    /// <summary>Text in single or double quotes, in which the quote is doubled.</summary>
    private static string Quoted(string text, ref int at)
    {
        var start = at;
        var quote = text[at++];
        var content = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != quote)
            {
                content.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == quote)
            {
                content.Append(quote);
                at += 2;
            }
            else
            {
                at++;
                return content.ToString();
            }
        }

        throw new FilterException($"The text that begins here has no closing {quote}.", start);
    }
}
