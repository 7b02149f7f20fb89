using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Filters that make and find URLs.</summary>
internal static partial class UrlFilters
{
    public static Value UrlEncode(RenderState state, Value input, Arguments arguments)
    {
        if (input.IsString || !input.IsIterable)
        {
            return Quote(input.ToString(), forQuery: false);
        }

        var pairs = input.As<DictValue>() is { } dict ? new DictView(dict, DictPart.Items).Iterate() : input.Iterate();
        var parts = new List<string>();
        foreach (var pair in pairs)
        {
            state.Step();
            var items = state.Collect(pair);
            if (items.Count != 2)
            {
                throw new JinjaException(JinjaErrorKind.ValueError, $"not enough values to unpack (expected 2, got {items.Count})");
            }

            parts.Add($"{Quote(items[0].ToString(), forQuery: true)}={Quote(items[1].ToString(), forQuery: true)}");
        }

        return string.Join('&', parts);
    }

    public static Value Urlize(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("urlize");
        var limit = reader.Optional("trim_url_limit", Value.None);
        var noFollow = reader.OptionalBoolean("nofollow", false);
        var target = reader.OptionalString("target");
        var rel = reader.OptionalString("rel");
        var schemes = reader.Optional("extra_schemes", Value.None);
        reader.Finish();
        var rels = new SortedSet<string>((rel ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal)
        {
            "noopener",
        };
        if (noFollow)
        {
            rels.Add("nofollow");
        }

        var extra = schemes.IsNone ? [] : state.Iterate(schemes).Select(static scheme => scheme.ToString()).ToList();
        foreach (var scheme in extra)
        {
            if (!Scheme().IsMatch(scheme))
            {
                throw new JinjaException(
                    JinjaErrorKind.FilterArgumentError, $"{PythonString.Repr(scheme)} is not a valid URI scheme prefix.");
            }
        }

        var attributes = $" rel=\"{Html.Escape(string.Join(' ', rels))}\""
            + (target is null ? string.Empty : $" target=\"{Html.Escape(target)}\"");
        var words = Space().Split(Html.Escape(input));
        return string.Concat(words.Select(word => Link(word, attributes, limit.TryGetInt64(out var length) ? (int)length : null, extra)));
    }

    private static string Quote(string text, bool forQuery)
    {
        var result = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)octet;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (c == '/' && !forQuery))
            {
                result.Append(c);
            }
            else if (c == ' ' && forQuery)
            {
                result.Append('+');
            }
            else
            {
                result.Append('%').Append(Convert.ToHexString([octet]));
            }
        }

        return result.ToString();
    }

    private static string Link(string word, string attributes, int? limit, List<string> schemes)
    {
        var head = Head().Match(word).Value;
        var middle = word[head.Length..];
        var tail = Tail().Match(middle).Value;
        middle = middle[..^tail.Length];
        foreach (var (open, close) in new[] { ("(", ")"), ("<", ">"), ("&lt;", "&gt;") })
        {
            var missing = Occurrences(middle, open) - Occurrences(middle, close);
            for (var i = missing > 0 ? Math.Min(Occurrences(middle, open), Occurrences(tail, close)) : 0; i > 0; i--)
            {
                var end = tail.IndexOf(close, StringComparison.Ordinal) + close.Length;
                middle += tail[..end];
                tail = tail[end..];
            }
        }

        if (Http().IsMatch(middle))
        {
            var shown = limit is { } length && middle.Length > length ? middle[..length] + "..." : middle;
            var address = middle.StartsWith("https://", StringComparison.Ordinal) || middle.StartsWith("http://", StringComparison.Ordinal)
                ? middle
                : "https://" + middle;
            middle = $"<a href=\"{address}\"{attributes}>{shown}</a>";
        }
        else if (middle.StartsWith("mailto:", StringComparison.Ordinal) && Email().IsMatch(middle[7..]))
        {
            middle = $"<a href=\"{middle}\">{middle[7..]}</a>";
        }
        else if (middle.Contains('@', StringComparison.Ordinal) && !middle.StartsWith("www.", StringComparison.Ordinal)
            && !middle.StartsWith('@') && !middle.Contains(':', StringComparison.Ordinal) && Email().IsMatch(middle))
        {
            middle = $"<a href=\"mailto:{middle}\">{middle}</a>";
        }
        else if (schemes.Exists(scheme => middle != scheme && middle.StartsWith(scheme, StringComparison.Ordinal)))
        {
            middle = $"<a href=\"{middle}\"{attributes}>{middle}</a>";
        }

        return head + middle + tail;
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"(\s+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Space();

    [GeneratedRegex(@"^([(<]|&lt;)+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Head();

    [GeneratedRegex(@"([)>.,\n]|&gt;)+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Tail();

    [GeneratedRegex(@"^([\w.+-]{2,}:(/){0,2})\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^\S+@\w[\w.-]*\.\w+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Email();

    // As in jinja2.utils: with a scheme any host, without one only www. and the best known top-level domains.
    [GeneratedRegex(
        @"^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(?::[\d]{1,5})?(?:[/?#]\S*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Http();
}
