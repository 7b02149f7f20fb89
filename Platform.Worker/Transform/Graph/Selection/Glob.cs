namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>
/// Python's fnmatch, case-sensitive: <c>*</c>, <c>?</c>, <c>[seq]</c>, <c>[!seq]</c>. Not by a regular expression: making one that cannot run
/// away takes longer than parsing a small project.
/// </summary>
internal static class Glob
{
    public static bool HasWildcard(string pattern) => pattern.AsSpan().IndexOfAny("*?[]") >= 0;

    public static bool Matches(string pattern, string text)
    {
        var (at, position) = (0, 0);
        var (star, taken) = (-1, 0);
        while (position < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, taken) = (at++, position);
            }
            else if (at < pattern.Length && TakesOne(pattern, at, text[position], out var next))
            {
                (at, position) = (next, position + 1);
            }
            else if (star >= 0)
            {
                // Only the last star has to take more: whatever an earlier one could take, this one can.
                (at, position) = (star + 1, ++taken);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }

    /// <param name="pattern">The pattern.</param>
    /// <param name="at">A place in it where no star is.</param>
    /// <param name="character">What is to be matched there.</param>
    /// <param name="next">Where the pattern goes on.</param>
    private static bool TakesOne(string pattern, int at, char character, out int next)
    {
        if (pattern[at] == '[' && ClassEnd(pattern, at) is var end and > 0)
        {
            next = end + 1;
            return IsMember(pattern.AsSpan(at + 1, end - at - 1), character);
        }

        next = at + 1;
        return pattern[at] == '?' || pattern[at] == character;
    }

    private static bool IsMember(ReadOnlySpan<char> members, char character)
    {
        var isNegated = members[0] == '!';
        members = isNegated ? members[1..] : members;
        for (var index = 0; index < members.Length; index++)
        {
            var isRange = index + 2 < members.Length && members[index + 1] == '-';
            if (isRange ? character >= members[index] && character <= members[index + 2] : character == members[index])
            {
                return !isNegated;
            }

            index += isRange ? 2 : 0;
        }

        return isNegated;
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
