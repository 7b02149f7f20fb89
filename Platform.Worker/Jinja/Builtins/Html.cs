using System.Text;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>HTML escaping as MarkupSafe does it.</summary>
internal static class Html
{
    /// <summary>The value's text, escaped unless it is markup already.</summary>
    public static string Escape(Value value) => value.IsMarkup ? value.AsString() : Escape(value.ToString());

    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>\"'") < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&#34;"),
                '\'' => result.Append("&#39;"),
                _ => result.Append(c),
            };
        }

        return result.ToString();
    }

    /// <summary>The text without comments and tags, runs of whitespace made one blank.</summary>
    public static string StripTags(string text)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('<', at);
            if (open < 0)
            {
                break;
            }

            var isComment = string.CompareOrdinal(text, open, "<!--", 0, 4) == 0;
            var close = isComment ? text.IndexOf("-->", open, StringComparison.Ordinal) : text.IndexOf('>', open);
            if (close < 0)
            {
                break;
            }

            result.Append(text, at, open - at);
            at = close + (isComment ? 3 : 1);
        }

        result.Append(text, at, text.Length - at);
        var words = result.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return System.Net.WebUtility.HtmlDecode(string.Join(' ', words));
    }
}
