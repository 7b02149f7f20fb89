using System.Globalization;
using System.Text;

namespace Platform.Worker.Jinja.Values;

/// <summary>Strings as Python sees them: sequences of code points, although .NET stores UTF-16.</summary>
internal static class PythonString
{
    private static readonly Value[] s_ascii = [.. Enumerable.Range(0, 128).Select(code => Value.From(((char)code).ToString()))];

    public static bool HasSurrogates(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    public static int Length(string text)
    {
        if (!HasSurrogates(text))
        {
            return text.Length;
        }

        var count = 0;
        foreach (var unit in text)
        {
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return count;
    }

    public static Value Character(char character) => character < 128 ? s_ascii[character] : Value.From(character.ToString());

    public static IEnumerable<Value> Characters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                yield return text.Substring(i++, 2);
            }
            else
            {
                yield return Character(text[i]);
            }
        }
    }

    /// <summary>The code points, one string each; only for text with surrogates.</summary>
    private static List<string> CodePoints(string text) => [.. Characters(text).Select(static c => c.AsString())];

    public static bool TryIndex(string text, Value key, out Value character)
    {
        character = default;
        if (!HasSurrogates(text))
        {
            if (!Sequences.TryIndex(key, text.Length, out var at))
            {
                return false;
            }

            character = Character(text[at]);
            return true;
        }

        var points = CodePoints(text);
        if (!Sequences.TryIndex(key, points.Count, out var index))
        {
            return false;
        }

        character = points[index];
        return true;
    }

    public static string Slice(string text, Value start, Value stop, Value step)
    {
        if (HasSurrogates(text))
        {
            var points = CodePoints(text);
            var part = SliceBounds.Resolve(start, stop, step, points.Count);
            return string.Concat(Enumerable.Range(0, part.Count).Select(i => points[part.Start + (i * part.Step)]));
        }

        var bounds = SliceBounds.Resolve(start, stop, step, text.Length);
        if (bounds.Step == 1)
        {
            return text.Substring(bounds.Start, bounds.Count);
        }

        return string.Create(bounds.Count, (text, bounds), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = state.text[state.bounds.Start + (i * state.bounds.Step)];
            }
        });
    }

    /// <summary>The first <paramref name="count"/> code points.</summary>
    public static string Take(string text, int count) => Slice(text, default, count, default);

    /// <summary>Python's <c>repr(str)</c>.</summary>
    public static string Repr(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var result = new StringBuilder(text.Length + 2).Append(quote);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == quote || c == '\\')
            {
                result.Append('\\').Append(c);
            }
            else if (c is >= ' ' and <= '~')
            {
                result.Append(c);
            }
            else if (c is '\n' or '\r' or '\t')
            {
                result.Append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
            }
            else if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                result.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                i += rune.Utf16SequenceLength - 1;
                AppendRune(result, rune);
            }
        }

        return result.Append(quote).ToString();
    }

    public static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.SpaceSeparator => rune.Value == ' ',
        _ => true,
    };

    private static void AppendRune(StringBuilder result, Rune rune)
    {
        if (IsPrintable(rune))
        {
            result.Append(rune.ToString());
        }
        else if (rune.Value < 0x100)
        {
            result.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
        }
        else if (rune.Value < 0x10000)
        {
            result.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            result.Append("\\U").Append(rune.Value.ToString("x8", CultureInfo.InvariantCulture));
        }
    }
}
