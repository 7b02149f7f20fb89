using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Python's fnmatch, case-sensitive: <c>*</c>, <c>?</c>, <c>[seq]</c>, <c>[!seq]</c>.</summary>
internal static class Glob
{
    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    public static bool HasWildcard(string pattern) => pattern.AsSpan().IndexOfAny("*?[]") >= 0;

    public static bool Matches(string pattern, string text) =>
        HasWildcard(pattern) ? Compiled.GetOrAdd(pattern, Compile).IsMatch(text) : pattern == text;

    private static Regex Compile(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (var index = 0; index < pattern.Length; index++)
        {
            switch (pattern[index])
            {
                case '*':
                    regex.Append(".*");
                    break;
                case '?':
                    regex.Append('.');
                    break;
                case '[' when ClassEnd(pattern, index) is var end and > 0:
                    var members = pattern[(index + 1)..end].Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
                    regex.Append('[').Append(members is ['!', ..] ? "^" + members[1..] : members is ['^', ..] ? @"\" + members : members).Append(']');
                    index = end;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[index].ToString()));
                    break;
            }
        }

        return new Regex(regex.Append(@"\z").ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Where the class that opens here closes; a bracket right after the opening is a member. -1: it does not close.</summary>
    private static int ClassEnd(string pattern, int open)
    {
        var first = open + 1;
        if (first < pattern.Length && pattern[first] == '!')
        {
            first++;
        }

        return first < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
    }
}
