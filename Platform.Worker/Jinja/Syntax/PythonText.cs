using System.Globalization;
using System.Text;

namespace Platform.Worker.Jinja.Syntax;

/// <summary>Python's classes of characters, where .NET's differ.</summary>
internal static class PythonText
{
    /// <summary><c>str.isspace()</c>, and <c>\s</c> in its regular expressions.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary><c>\w</c> in Python's regular expressions.</summary>
    public static bool IsWord(string text, int at)
    {
        var c = text[at];
        return char.IsAscii(c)
            ? char.IsAsciiLetterOrDigit(c) || c == '_'
            : Rune.TryGetRuneAt(text, at, out var rune) && (Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.ConnectorPunctuation);
    }

    /// <summary><c>str.isidentifier()</c>.</summary>
    public static bool IsIdentifier(string text)
    {
        var first = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var starts = rune.Value == '_' || Rune.IsLetter(rune) || category == UnicodeCategory.LetterNumber;
            if (!starts && (first || !(category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation)))
            {
                return false;
            }

            first = false;
        }

        return !first;
    }
}
